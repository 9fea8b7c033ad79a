import { sameBytes } from '../../lib/bytes.ts';
import { malformed } from '../asn1/malformed.ts';
import { type Asn1Cursor, type Asn1Node, finish, next, nextAny, open, rawBytes } from '../asn1/read.ts';
import { nextInteger, readOctetString } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, implicitPrimitive, integerContent, sequence } from '../asn1/write.ts';
import type { CertificateFrame } from '../x509/certificate.ts';
import { extensionOid, findExtension } from '../x509/extension.ts';
import { subjectKeyIdentifier } from '../x509/key-identifier.ts';
import { sameNameDer } from '../x509/same-name.ts';

/** How CMS points at a certificate: SignerIdentifier and RecipientIdentifier (RFC 5652 §5.3, §6.2.1). */
export type CertificateId =
  | {
      readonly kind: 'issuer-and-serial';
      readonly issuerDer: Uint8Array;
      /** Content octets of the INTEGER. */
      readonly serial: Uint8Array;
    }
  | { readonly kind: 'key-identifier'; readonly keyIdentifier: Uint8Array };

export function nextCertificateId(cursor: Asn1Cursor, what: string): CertificateId {
  return readCertificateId(nextAny(cursor, what), what);
}

function readCertificateId(node: Asn1Node, what: string): CertificateId {
  if (node.tag === 0x80 || node.tag === 0xa0)
    return { kind: 'key-identifier', keyIdentifier: readOctetString(node, what) };
  if (node.tag !== tag.sequence) throw malformed('cms-certificate-id', `${what} is of an unknown form.`, node.start);
  const fields = open(node, what);
  const issuer = next(fields, tag.sequence, what);
  const serial = nextInteger(fields, what);
  finish(fields, what);
  return { kind: 'issuer-and-serial', issuerDer: rawBytes(issuer), serial };
}

export function encodeCertificateId(id: CertificateId): Der {
  return id.kind === 'key-identifier'
    ? implicitPrimitive(0, id.keyIdentifier)
    : sequence(id.issuerDer, integerContent(id.serial));
}

/** Points at a certificate by issuer and serial number, the form every client reads. */
export function certificateIdOf(certificate: Pick<CertificateFrame, 'issuerDer' | 'serial'>): CertificateId {
  return { kind: 'issuer-and-serial', issuerDer: certificate.issuerDer, serial: certificate.serial };
}

/**
 * True when `id` points at this certificate. Issuers are compared as bytes first, then as names (RFC 5280 §7.1), since
 * some clients encode them anew; serial numbers as numbers.
 */
export function identifies(id: CertificateId, certificate: CertificateFrame): boolean {
  if (id.kind === 'key-identifier') {
    const extension = findExtension(certificate.extensions, extensionOid.subjectKeyIdentifier);
    return extension !== undefined && sameBytes(subjectKeyIdentifier(extension.value), id.keyIdentifier);
  }
  return sameInteger(id.serial, certificate.serial) && sameNameDer(id.issuerDer, certificate.issuerDer);
}

function sameInteger(a: Uint8Array, b: Uint8Array): boolean {
  return sameBytes(minimal(a), minimal(b));
}

function minimal(content: Uint8Array): Uint8Array {
  let from = 0;
  while (from < content.length - 1 && isPadding(content[from] as number, content[from + 1] as number)) from++;
  return content.subarray(from);
}

function isPadding(first: number, second: number): boolean {
  return (first === 0 && second < 0x80) || (first === 0xff && second >= 0x80);
}
