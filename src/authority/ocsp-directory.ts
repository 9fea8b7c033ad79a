import { type Digest, digest } from '../crypto/digest.ts';
import type { CertId } from '../formats/ocsp/ocsp-request.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { toHex } from '../lib/bytes.ts';
import { publicKeyBits } from './key-identifier.ts';
import type { OcspService } from './ocsp-signer.ts';

/** Who answers for which issuer, by any digest that a client may choose for its CertID. */
export type OcspDirectory = {
  /** Undefined: an issuer that is not ours, or has ended. */
  find(id: Pick<CertId, 'digest' | 'issuerNameHash' | 'issuerKeyHash'>): OcspService | undefined;
};

const digests: readonly Digest[] = ['sha1', 'sha256', 'sha384', 'sha512'];

export function ocspDirectory(services: readonly OcspService[]): OcspDirectory {
  const byHashes = new Map<string, OcspService>();
  for (const service of services) {
    const { subjectDer, spki } = parseCertificate(service.issuer.certificate);
    const bits = publicKeyBits(spki);
    for (const name of digests) byHashes.set(keyOf(name, digest(name, subjectDer), digest(name, bits)), service);
  }
  return {
    find: (id) => byHashes.get(keyOf(id.digest ?? '', id.issuerNameHash, id.issuerKeyHash)),
  };
}

function keyOf(name: string, nameHash: Uint8Array, keyHash: Uint8Array): string {
  return `${name} ${toHex(nameHash)} ${toHex(keyHash)}`;
}
