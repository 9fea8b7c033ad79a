import { digest } from '../crypto/digest.ts';
import { next, open, parseAsn1 } from '../formats/asn1/read.ts';
import { nextBitString } from '../formats/asn1/read-value.ts';
import { tag } from '../formats/asn1/tag.ts';
import type { Certificate } from '../formats/x509/certificate.ts';
import { extensionOid, findExtension } from '../formats/x509/extension.ts';
import { subjectKeyIdentifier } from '../formats/x509/key-identifier.ts';

/** SHA-1 of the subjectPublicKey bits: method 1 of RFC 5280 §4.2.1.2, which is what others compute too. A name, not a protection. */
export function keyIdentifier(spki: Uint8Array): Uint8Array {
  return digest('sha1', publicKeyBits(spki));
}

/** What identifiers of keys are digests of: subjectPublicKey without tag, length and count of unused bits. */
export function publicKeyBits(spki: Uint8Array): Uint8Array {
  const cursor = open(parseAsn1(spki), 'the public key');
  next(cursor, tag.sequence, 'the key algorithm');
  return nextBitString(cursor, 'the public key');
}

/** What certificates below this one put in their authority key identifier: its own statement where it makes one. */
export function issuerKeyIdentifier(issuer: Pick<Certificate, 'extensions' | 'spki'>): Uint8Array {
  const extension = findExtension(issuer.extensions, extensionOid.subjectKeyIdentifier);
  return extension === undefined ? keyIdentifier(issuer.spki) : subjectKeyIdentifier(extension.value);
}
