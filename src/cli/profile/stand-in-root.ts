import { caCertificate } from '../../authority/ca-certificate.ts';
import type { IssuerId } from '../../authority/issuer.ts';
import { generateKeyPair } from '../../crypto/key-pair.ts';
import { inlineSigner } from '../../crypto/signer.ts';
import { nameOf } from '../../formats/x509/name.ts';
import { toPem } from '../../formats/x509/pem.ts';
import { type Clock, hour } from '../../lib/clock.ts';

/** Some root, PEM, for judging files that say `ownRoot` where no server is asked. Its key is thrown away. */
export async function standInRoot(clock: Clock): Promise<string> {
  const { privateKey, publicKey } = await generateKeyPair('p-256');
  const name = nameOf([['2.5.4.3', 'Stand-in for the root of the server']]);
  const now = Math.floor(clock.now() / 1000) * 1000;
  const { der } = await caCertificate(clock, {
    issuerId: '' as IssuerId,
    issuer: name,
    signer: inlineSigner(privateKey),
    subject: name,
    spki: publicKey,
    pathLength: undefined,
    notBefore: now - hour,
    notAfter: now + 24 * 365 * 10 * hour,
    addresses: null,
  });
  return toPem('CERTIFICATE', der);
}
