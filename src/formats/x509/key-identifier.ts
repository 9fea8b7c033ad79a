import { malformed } from '../asn1/malformed.ts';
import { type Asn1Node, atEnd, contentBytes, nextAny, open } from '../asn1/read.ts';
import { readOctetString } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { encode, implicitPrimitive, octetString, sequence } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';

/** The key identifier from the value of a subjectKeyIdentifier extension (RFC 5280 §4.2.1.2). */
export function subjectKeyIdentifier(value: Uint8Array): Uint8Array {
  const node = openExtension(value);
  if (node.tag !== tag.octetString)
    throw malformed('asn1-unexpected', 'The subject key identifier is not an OCTET STRING.', 0);
  return readOctetString(node, 'the subject key identifier');
}

export function subjectKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  return { oid: extensionOid.subjectKeyIdentifier, critical: false, value: encode(octetString(keyIdentifier)) };
}

/** The key identifier from the value of an authorityKeyIdentifier extension (RFC 5280 §4.2.1.1); undefined where it names only issuer and serial. */
export function authorityKeyIdentifier(value: Uint8Array): Uint8Array | undefined {
  const cursor = open(openExtension(value), 'the authority key identifier');
  let found: Asn1Node | undefined;
  while (!atEnd(cursor)) {
    const field = nextAny(cursor, 'the authority key identifier');
    if (field.tag === 0x80) found = field;
  }
  return found === undefined ? undefined : contentBytes(found);
}

export function authorityKeyIdentifierExtension(keyIdentifier: Uint8Array): Extension {
  return {
    oid: extensionOid.authorityKeyIdentifier,
    critical: false,
    value: encode(sequence(implicitPrimitive(0, keyIdentifier))),
  };
}
