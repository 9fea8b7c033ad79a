import { parseCertificate } from '../formats/x509/certificate.ts';
import { sameBytes } from '../lib/bytes.ts';

/** V16: whether two certificates (DER) stand for one authority: the same, or another one for the same name and key. */
export function sameAuthority(a: Uint8Array, b: Uint8Array): boolean {
  if (sameBytes(a, b)) return true;
  const [left, right] = [parseCertificate(a), parseCertificate(b)];
  return sameBytes(left.subjectDer, right.subjectDer) && sameBytes(left.spki, right.spki);
}
