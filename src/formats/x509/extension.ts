import { malformed, tooLarge } from '../asn1/malformed.ts';
import { type Asn1Node, type Asn1Options, atEnd, finish, next, open, parseAsn1 } from '../asn1/read.ts';
import { nextOctetString, nextOid, optionalBoolean } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, defaultFalse, nullValue, octetString, oid, sequence, sequenceOf } from '../asn1/write.ts';

/** One extension of a certificate, request or CRL; `value` is the DER inside its OCTET STRING. */
export type Extension = { readonly oid: string; readonly critical: boolean; readonly value: Uint8Array };

export const extensionOid = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlReason: '2.5.29.21',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  /** szOID_NTDS_CA_SECURITY_EXT (MS-WCCE §2.2.2.7.7.4). */
  microsoftSid: '1.3.6.1.4.1.311.25.2',
} as const;

/** Look-ups in the list are linear, so its length is bounded. */
const maxExtensions = 128;

/** Extensions ::= SEQUENCE OF Extension. One that occurs twice is refused (RFC 5280 §4.2). An empty list is allowed: clients send it. */
export function readExtensions(node: Asn1Node, what: string): Extension[] {
  if (node.tag !== tag.sequence) throw malformed('asn1-unexpected', `${what} are not a SEQUENCE.`, node.start);
  const cursor = open(node, what);
  const extensions: Extension[] = [];
  while (!atEnd(cursor)) {
    const entry = open(next(cursor, tag.sequence, what), what);
    const id = nextOid(entry, what);
    const critical = optionalBoolean(entry, what);
    const value = nextOctetString(entry, tag.octetString, what);
    finish(entry, what);
    if (findExtension(extensions, id) !== undefined)
      throw malformed('extension-twice', `${what} contain ${id} twice.`, entry.at);
    if (extensions.length === maxExtensions)
      throw tooLarge('extensions-too-many', `${what} are more than ${maxExtensions}.`, entry.at);
    extensions.push({ oid: id, critical, value });
  }
  return extensions;
}

export function encodeExtensions(extensions: readonly Extension[]): Der {
  return sequenceOf(
    extensions.map((extension) =>
      sequence(oid(extension.oid), defaultFalse(extension.critical), octetString(extension.value)),
    ),
  );
}

export function findExtension(extensions: readonly Extension[], id: string): Extension | undefined {
  for (const extension of extensions) if (extension.oid === id) return extension;
  return undefined;
}

const tolerated: Asn1Options = {
  leniency: { anyTrue: true, nonMinimalInteger: true, anyPrintable: true, explicitDefault: true, unsortedSet: true },
};

/** Opens the value of an extension for a decoder. */
export function openExtension(value: Uint8Array): Asn1Node {
  return parseAsn1(value, tolerated);
}

/** id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1): nobody asks for the state of a responder's own certificate. */
export const ocspNoCheckExtension: Extension = {
  oid: extensionOid.ocspNoCheck,
  critical: false,
  value: nullValue,
};
