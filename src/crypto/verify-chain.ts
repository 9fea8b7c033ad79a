import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import type { CertificateFrame } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { sameNameDer } from '../formats/x509/same-name.ts';
import { sha256Hex } from './digest.ts';
import { verifySignature } from './verify-signature.ts';

const longestChain = 8;

/**
 * The certificates from `leaf` up to the one with this SHA-256 fingerprint (hex), or null when they do not lead there:
 * names, signatures, CA flag and validity at `now` (RFC 5280 §6.1, as far as our hierarchies go).
 */
export function verifyChain(
  leaf: CertificateFrame,
  pool: readonly CertificateFrame[],
  fingerprint: string,
  now: number,
): readonly CertificateFrame[] | null {
  // Shortest paths first, and no certificate twice: a pool of authorities that certify one another costs no more than others.
  const seen = new Set([leaf]);
  let paths: readonly (readonly CertificateFrame[])[] = [[leaf]];
  for (let length = 1; length <= longestChain && paths.length > 0; length++) {
    const longer: (readonly CertificateFrame[])[] = [];
    for (const path of paths) {
      const top = path.at(-1);
      if (top === undefined || !isInForce(top, now)) continue;
      if (sha256Hex(top.der) === fingerprint) return path;
      for (const issuer of pool) {
        if (seen.has(issuer) || !isIssuedBy(top, issuer)) continue;
        seen.add(issuer);
        longer.push([...path, issuer]);
      }
    }
    paths = longer;
  }
  return null;
}

/** By name, CA flag and signature; when it was valid is another question. */
export function isIssuedBy(certificate: CertificateFrame, issuer: CertificateFrame): boolean {
  const { issuerDer, signatureAlgorithm, tbs, signature } = certificate;
  return (
    mayIssue(issuer) &&
    sameNameDer(issuer.subjectDer, issuerDer) &&
    verifySignature(issuer.spki, signatureAlgorithm, tbs, signature).kind === 'valid'
  );
}

function isInForce({ notBefore, notAfter }: CertificateFrame, now: number): boolean {
  return now >= notBefore && now <= notAfter;
}

/** RFC 5280 §4.2.1.9 */
export function mayIssue(certificate: CertificateFrame): boolean {
  const extension = findExtension(certificate.extensions, extensionOid.basicConstraints);
  return extension !== undefined && basicConstraints(extension.value).ca;
}
