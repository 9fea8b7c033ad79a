import { budgetFor } from '../asn1/budget.ts';
import { clientCertificates } from '../asn1/leniency.ts';
import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  finish,
  next,
  nextAny,
  open,
  optional,
  parseAsn1,
  rawBytes,
} from '../asn1/read.ts';
import { nextBitString, nextInteger, readSmallInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { readTime, time } from '../asn1/time.ts';
import { bitString, encode, explicit, integer, sequence, unsignedInteger } from '../asn1/write.ts';
import { type AlgorithmIdentifier, encodeAlgorithm, nextAlgorithm, sameAlgorithm } from './algorithms.ts';
import { type Extension, encodeExtensions, readExtensions } from './extension.ts';
import { decodeName, encodeName, type Name } from './name.ts';
import { type PublicKey, readPublicKey } from './public-key.ts';

/** An X.509 certificate (RFC 5280 §4.1), read but not verified. Byte fields are views of `der`. */
export type Certificate = CertificateFrame & {
  readonly issuer: Name;
  readonly subject: Name;
};

/** A certificate whose names have not been looked into: for those who only compare or copy them. */
export type CertificateFrame = {
  readonly der: Uint8Array;
  /** What the signature covers. */
  readonly tbs: Uint8Array;
  readonly version: 1 | 2 | 3;
  /** Content octets of the INTEGER as they stand: big-endian, two's complement, so often with a leading 00. */
  readonly serial: Uint8Array;
  readonly issuerDer: Uint8Array;
  readonly subjectDer: Uint8Array;
  /** Milliseconds UTC. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Uint8Array;
  readonly publicKey: PublicKey;
  readonly extensions: readonly Extension[];
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
};

/**
 * Throws `Failure` `malformed`. By default tolerates what clients' self-made certificates need (`clientCertificates`);
 * pass `{ leniency: strict }` for our own.
 */
export function parseCertificate(der: Uint8Array, options: Asn1Options = {}): Certificate {
  const budget = options.budget ?? budgetFor(der.length);
  const settings = { leniency: clientCertificates, ...options, budget };
  const frame = parseCertificateFrame(der, settings);
  return {
    ...frame,
    issuer: decodeName(frame.issuerDer, settings),
    subject: decodeName(frame.subjectDer, settings),
  };
}

/** The same without a look into the names. */
export function parseCertificateFrame(der: Uint8Array, options: Asn1Options = {}): CertificateFrame {
  const what = 'the certificate';
  const cursor = open(parseAsn1(der, { leniency: clientCertificates, ...options }), what);
  const tbsNode = next(cursor, tag.sequence, what);
  const signatureAlgorithm = nextAlgorithm(cursor, 'the signature algorithm');
  const signature = nextBitString(cursor, 'the signature');
  finish(cursor, what);
  const tbs = readTbs(tbsNode);
  // RFC 5280 §4.1.1.2
  if (!sameAlgorithm(tbs.signatureAlgorithm, signatureAlgorithm))
    throw malformed(
      'certificate-algorithms-differ',
      'The certificate names two different signature algorithms.',
      tbsNode.start,
    );
  return { ...tbs, der, signature };
}

/** A TBSCertificate read back before it is signed: strict DER. */
export function parseTbsCertificate(tbs: Uint8Array): Omit<CertificateFrame, 'der' | 'signature'> {
  return readTbs(parseAsn1(tbs));
}

function readTbs(node: Asn1Node): Omit<CertificateFrame, 'der' | 'signature'> {
  const what = 'the certificate';
  const tbs = open(node, what);
  const version = readVersion(tbs);
  const serial = nextInteger(tbs, 'the serial number');
  const signatureAlgorithm = nextAlgorithm(tbs, 'the signature algorithm');
  const issuer = next(tbs, tag.sequence, 'the issuer');
  const validity = open(next(tbs, tag.sequence, 'the validity'), 'the validity');
  const notBefore = readTime(nextAny(validity, 'notBefore'), 'notBefore');
  const notAfter = readTime(nextAny(validity, 'notAfter'), 'notAfter');
  finish(validity, 'the validity');
  const subject = next(tbs, tag.sequence, 'the subject');
  const spki = next(tbs, tag.sequence, 'the public key');
  optional(tbs, 0x81);
  optional(tbs, 0x82);
  const extensions = readExplicitExtensions(tbs);
  finish(tbs, what);
  return {
    tbs: rawBytes(node),
    version,
    serial,
    issuerDer: rawBytes(issuer),
    subjectDer: rawBytes(subject),
    notBefore,
    notAfter,
    spki: rawBytes(spki),
    publicKey: readPublicKey(spki, 'the public key'),
    extensions,
    signatureAlgorithm,
  };
}

export type TbsCertificate = {
  /** Unsigned, big-endian; leading zeros do not matter. */
  readonly serial: Uint8Array;
  /** May be given as DER. */
  readonly signatureAlgorithm: AlgorithmIdentifier | Uint8Array;
  readonly issuer: Name | Uint8Array;
  /** Milliseconds UTC; cut to whole seconds. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly subject: Name | Uint8Array;
  readonly spki: Uint8Array;
  readonly extensions: readonly Extension[];
};

/** TBSCertificate, version 3: the bytes to sign. A name may be given as DER, to be copied as it stands (an issuer's). */
export function encodeTbsCertificate(fields: TbsCertificate): Uint8Array {
  return encode(
    sequence(
      explicit(0, integer(2)),
      unsignedInteger(fields.serial),
      encodeAlgorithm(fields.signatureAlgorithm),
      nameDer(fields.issuer),
      sequence(time(fields.notBefore), time(fields.notAfter)),
      nameDer(fields.subject),
      fields.spki,
      fields.extensions.length > 0 ? explicit(3, encodeExtensions(fields.extensions)) : undefined,
    ),
  );
}

/** Certificate from signed parts. `signature` is what the signer returned (ECDSA: the DER form). */
export function assembleCertificate(
  tbs: Uint8Array,
  algorithm: AlgorithmIdentifier | Uint8Array,
  signature: Uint8Array,
): Uint8Array {
  return encode(sequence(tbs, encodeAlgorithm(algorithm), bitString(signature)));
}

function nameDer(name: Name | Uint8Array): Uint8Array {
  return name instanceof Uint8Array ? name : encodeName(name);
}

function readVersion(tbs: Asn1Cursor): 1 | 2 | 3 {
  const wrapper = optional(tbs, 0xa0);
  if (wrapper === undefined) return 1;
  const cursor = open(wrapper, 'the version');
  const value = readSmallInteger(next(cursor, tag.integer, 'the version'), 'the version', 2);
  finish(cursor, 'the version');
  if (value === 0 && !tbs.source.leniency.explicitDefault)
    throw malformed(
      'asn1-explicit-default',
      'The version is written out, which DER forbids for a default.',
      wrapper.start,
    );
  return value === 2 ? 3 : value === 1 ? 2 : 1;
}

function readExplicitExtensions(tbs: Asn1Cursor): Extension[] {
  const wrapper = optional(tbs, 0xa3);
  if (wrapper === undefined) return [];
  const cursor = open(wrapper, 'the extensions');
  const extensions = readExtensions(next(cursor, tag.sequence, 'the extensions'), 'the extensions');
  finish(cursor, 'the extensions');
  return extensions;
}
