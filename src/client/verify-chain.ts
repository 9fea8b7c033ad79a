import { sha256Hex } from '../crypto/digest.ts';
import { verifySignature } from '../crypto/verify-signature.ts';
import { basicConstraints } from '../formats/x509/basic-constraints.ts';
import type { Certificate } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { sameNameDer } from '../formats/x509/same-name.ts';

const longestChain = 8;

/**
 * The certificates from `leaf` up to the one with this SHA-256 fingerprint (hex), or null when they do not lead there:
 * names, signatures, CA flag and validity at `now` (RFC 5280 §6.1, as far as our hierarchies go).
 */
export function verifyChain(
  leaf: Certificate,
  pool: readonly Certificate[],
  fingerprint: string,
  now: number,
): readonly Certificate[] | null {
  return climb([leaf], pool, fingerprint, now);
}

function climb(
  path: readonly Certificate[],
  pool: readonly Certificate[],
  fingerprint: string,
  now: number,
): readonly Certificate[] | null {
  const top = path.at(-1);
  if (top === undefined || now < top.notBefore || now > top.notAfter) return null;
  if (sha256Hex(top.der) === fingerprint) return path;
  if (path.length === longestChain) return null;
  for (const issuer of pool) {
    if (path.includes(issuer) || !mayIssue(issuer) || !sameNameDer(issuer.subjectDer, top.issuerDer)) continue;
    if (verifySignature(issuer.spki, top.signatureAlgorithm, top.tbs, top.signature).kind !== 'valid') continue;
    const found = climb([...path, issuer], pool, fingerprint, now);
    if (found !== null) return found;
  }
  return null;
}

/** RFC 5280 §4.2.1.9 */
export function mayIssue(certificate: Certificate): boolean {
  const extension = findExtension(certificate.extensions, extensionOid.basicConstraints);
  return extension !== undefined && basicConstraints(extension.value).ca;
}
