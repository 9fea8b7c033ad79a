import { standInRoot } from '../../src/cli/profile/stand-in-root.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { systemClock } from '../../src/lib/clock.ts';
import type { IssuerDescription } from '../../src/profiles/issuer-facts.ts';

/** A root certificate, and an issuer that it is and that issues whatever profiles ask for. */
export async function testRoot(): Promise<{ readonly pem: string; readonly issuer: IssuerDescription }> {
  const pem = await standInRoot(systemClock);
  const chain = pemBlocks(pem, 'CERTIFICATE');
  const template: IssuerDescription['template'] = {
    name: 'default',
    maximumValidity: 800,
    profileMaySetValidity: true,
    keySizes: [1024, 2048, 3072, 4096],
    hashAlgorithms: ['sha1', 'sha2'],
    keyUsages: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: null,
  };
  return { pem, issuer: { template, issuerNotAfter: systemClock.now() + 5e11, chain } };
}
