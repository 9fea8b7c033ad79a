import { clientCertificates } from '../asn1/leniency.ts';
import { finish, next, open, parseAsn1, rawBytes } from '../asn1/read.ts';
import { nextInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { encode, integerContent, sequence } from '../asn1/write.ts';
import { type Name, readName } from '../x509/name.ts';

/** Content of GetCert and GetCRL (RFC 8894 §3.3.4): names a certificate. */
export type IssuerAndSerial = {
  readonly issuer: Name;
  readonly issuerDer: Uint8Array;
  /** Content octets of the INTEGER. */
  readonly serial: Uint8Array;
};

/** Throws `Failure` `malformed`. */
export function parseIssuerAndSerial(der: Uint8Array): IssuerAndSerial {
  const cursor = open(parseAsn1(der, { leniency: clientCertificates }), 'IssuerAndSerialNumber');
  const issuer = next(cursor, tag.sequence, 'the issuer');
  const serial = nextInteger(cursor, 'the serial number');
  finish(cursor, 'IssuerAndSerialNumber');
  return { issuer: readName(issuer, 'the issuer'), issuerDer: rawBytes(issuer), serial };
}

export function encodeIssuerAndSerial(issuerDer: Uint8Array, serial: Uint8Array): Uint8Array {
  return encode(sequence(issuerDer, integerContent(serial)));
}
