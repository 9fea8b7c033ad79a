/** What GetNextCACert answers (RFC 8894 §4.7): the next CA certificates, signed by the present issuer. */
import type { IssuingContext } from '../authority/issuing-context.ts';
import { digest } from '../crypto/digest.ts';
import { encodeCertificatesOnly } from '../formats/cms/certificates-only.ts';
import { contentAttributes, digestOf, encodeSignedContent } from '../formats/cms/signed-content.ts';
import type { Clock } from '../lib/clock.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import type { Ca, NextCa } from './ca-directory.ts';

export type NextCaCert = (
  settings: Pick<ScepSettings, 'server'>,
  ca: Ca,
  next: NextCa,
) => Promise<{ readonly contentType: string; readonly body: Uint8Array }>;

/**
 * Signed once for each form of the answer and kept: anybody may ask, and the issuer's key is slow. The content is what
 * GetCACert will answer after the switch; the same certificates stand beside the signer's, where jscep looks for them.
 */
export function nextCaCert(
  clock: Pick<Clock, 'now'>,
  contextOf: (issuer: Ca['issuer']) => Promise<IssuingContext>,
): NextCaCert {
  const kept = new Map<string, Promise<Uint8Array>>();
  return async (settings, ca, next) => {
    const withChain = settings.server.caCertificates === 'chain';
    // The RA of the next issuer may itself be renewed before the switch.
    const key = `${ca.issuer.id} ${next.issuer.id} ${next.registrationAuthority.keyId} ${withChain}`;
    const certificates = [
      next.registrationAuthority.certificate.der,
      next.issuer.certificate,
      ...(withChain ? next.issuer.chain : []),
    ];
    const signed = kept.get(key) ?? contextOf(ca.issuer).then((context) => sign(context, certificates, clock.now()));
    kept.set(key, signed);
    signed.catch(() => kept.delete(key));
    return { contentType: 'application/x-x509-next-ca-cert', body: await signed };
  };
}

async function sign(
  { signer, certificate, issuer }: IssuingContext,
  certificates: readonly Uint8Array[],
  now: number,
): Promise<Uint8Array> {
  const content = encodeCertificatesOnly({ certificates });
  const name = digestOf(signer.signatureAlgorithm);
  if (name === undefined || name === 'md5') throw new Error('The issuer signs with an algorithm without a digest.');
  const signedAttributes = contentAttributes(digest(name, content), now);
  return encodeSignedContent({
    content,
    signedAttributes,
    signature: await signer.sign(signedAttributes),
    signatureAlgorithm: signer.signatureAlgorithm,
    digest: name,
    signer: certificate,
    certificates: [issuer.certificate, ...certificates],
  });
}
