import { clientCertificates } from '../asn1/leniency.ts';
import { finish, next, open, parseAsn1, rawBytes } from '../asn1/read.ts';
import { tag } from '../asn1/tag.ts';
import { encode, sequence } from '../asn1/write.ts';
import { encodeName, type Name, readName } from '../x509/name.ts';

/** Content of CertPoll (RFC 8894 §3.3.3). */
export type IssuerAndSubject = {
  readonly issuer: Name;
  readonly issuerDer: Uint8Array;
  readonly subject: Name;
  readonly subjectDer: Uint8Array;
};

/** Throws `Failure` `malformed`. */
export function parseIssuerAndSubject(der: Uint8Array): IssuerAndSubject {
  const cursor = open(parseAsn1(der, { leniency: clientCertificates }), 'IssuerAndSubject');
  const issuer = next(cursor, tag.sequence, 'the issuer');
  const subject = next(cursor, tag.sequence, 'the subject');
  finish(cursor, 'IssuerAndSubject');
  return {
    issuer: readName(issuer, 'the issuer'),
    issuerDer: rawBytes(issuer),
    subject: readName(subject, 'the subject'),
    subjectDer: rawBytes(subject),
  };
}

/** A name may be given as DER, to be copied as it stands. */
export function encodeIssuerAndSubject(issuer: Name | Uint8Array, subject: Name | Uint8Array): Uint8Array {
  return encode(sequence(nameDer(issuer), nameDer(subject)));
}

function nameDer(name: Name | Uint8Array): Uint8Array {
  return name instanceof Uint8Array ? name : encodeName(name);
}
