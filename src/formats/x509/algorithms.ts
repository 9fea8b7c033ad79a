import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  atEnd,
  finish,
  next,
  nextAny,
  open,
  parseAsn1,
  rawBytes,
} from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, encode, nullValue, octetString, oid, sequence } from '../asn1/write.ts';

/** `parameters` is the whole element as it stands; undefined where it is absent. */
export type AlgorithmIdentifier = { readonly oid: string; readonly parameters: Uint8Array | undefined };

/** `md5` is recognised so that a refusal can name it; nothing accepts it. */
export type DigestName = 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512';

/** `des-cbc` and `des-ede3-cbc` are legacy; whether they may be used is for a profile to say. */
export type CipherName = 'aes128-cbc' | 'aes192-cbc' | 'aes256-cbc' | 'des-ede3-cbc' | 'des-cbc';

export type SignatureScheme = {
  readonly name: string;
  readonly key: 'rsa' | 'ec';
  readonly padding: 'pkcs1' | 'pss' | undefined;
  /** Undefined for `rsassa-pss`, whose parameters say it. */
  readonly digest: DigestName | undefined;
  /** As it is written into certificates and CRLs. */
  readonly identifier: AlgorithmIdentifier;
};

export type Cipher = {
  readonly name: CipherName;
  readonly oid: string;
  /** Bytes. A DES key is 8 bytes with parity bits. */
  readonly keyLength: number;
  /** Bytes of a block and so of the initialisation vector. */
  readonly blockLength: number;
};

export const rsaEncryption: AlgorithmIdentifier = { oid: '1.2.840.113549.1.1.1', parameters: nullValue };
export const rsaesOaepOid = '1.2.840.113549.1.1.7';
export const rsassaPssOid = '1.2.840.113549.1.1.10';
export const mgf1Oid = '1.2.840.113549.1.1.8';
export const ecPublicKeyOid = '1.2.840.10045.2.1';

function digestAlgorithm(id: string): AlgorithmIdentifier {
  return { oid: id, parameters: nullValue };
}

const digestIdentifiers: Readonly<Record<DigestName, AlgorithmIdentifier>> = {
  md5: digestAlgorithm('1.2.840.113549.2.5'),
  sha1: digestAlgorithm('1.3.14.3.2.26'),
  sha256: digestAlgorithm('2.16.840.1.101.3.4.2.1'),
  sha384: digestAlgorithm('2.16.840.1.101.3.4.2.2'),
  sha512: digestAlgorithm('2.16.840.1.101.3.4.2.3'),
};

const digestsByOid = new Map<string, DigestName>(
  (Object.keys(digestIdentifiers) as DigestName[]).map((name) => [digestIdentifiers[name].oid, name]),
);

export function digestByOid(id: string): DigestName | undefined {
  return digestsByOid.get(id);
}

/** With NULL parameters, which every client reads. */
export function digestIdentifier(name: DigestName): AlgorithmIdentifier {
  return digestIdentifiers[name];
}

function rsa(name: string, digest: DigestName, id: string): SignatureScheme {
  return { name, key: 'rsa', padding: 'pkcs1', digest, identifier: { oid: id, parameters: nullValue } };
}

function ecdsa(name: string, digest: DigestName, id: string): SignatureScheme {
  return { name, key: 'ec', padding: undefined, digest, identifier: { oid: id, parameters: undefined } };
}

const schemes: readonly SignatureScheme[] = [
  rsa('rsa-md5', 'md5', '1.2.840.113549.1.1.4'),
  rsa('rsa-sha1', 'sha1', '1.2.840.113549.1.1.5'),
  rsa('rsa-sha256', 'sha256', '1.2.840.113549.1.1.11'),
  rsa('rsa-sha384', 'sha384', '1.2.840.113549.1.1.12'),
  rsa('rsa-sha512', 'sha512', '1.2.840.113549.1.1.13'),
  ecdsa('ecdsa-sha1', 'sha1', '1.2.840.10045.4.1'),
  ecdsa('ecdsa-sha256', 'sha256', '1.2.840.10045.4.3.2'),
  ecdsa('ecdsa-sha384', 'sha384', '1.2.840.10045.4.3.3'),
  ecdsa('ecdsa-sha512', 'sha512', '1.2.840.10045.4.3.4'),
  {
    name: 'rsassa-pss',
    key: 'rsa',
    padding: 'pss',
    digest: undefined,
    identifier: { oid: rsassaPssOid, parameters: undefined },
  },
];

const schemesByOid = new Map(schemes.map((scheme) => [scheme.identifier.oid, scheme]));

/** Undefined for identifiers that are not signature schemes we know; `rsaEncryption` is not one (CMS pairs it with a digest). */
export function signatureSchemeByOid(id: string): SignatureScheme | undefined {
  return schemesByOid.get(id);
}

/** The scheme for a key type and digest; PKCS#1 v1.5 for RSA. */
export function signatureScheme(key: 'rsa' | 'ec', digest: DigestName): SignatureScheme | undefined {
  return schemes.find((scheme) => scheme.key === key && scheme.digest === digest);
}

function cbc(name: CipherName, id: string, keyLength: number, blockLength: number): Cipher {
  return { name, oid: id, keyLength, blockLength };
}

const ciphers: Readonly<Record<CipherName, Cipher>> = {
  'aes128-cbc': cbc('aes128-cbc', '2.16.840.1.101.3.4.1.2', 16, 16),
  'aes192-cbc': cbc('aes192-cbc', '2.16.840.1.101.3.4.1.22', 24, 16),
  'aes256-cbc': cbc('aes256-cbc', '2.16.840.1.101.3.4.1.42', 32, 16),
  'des-ede3-cbc': cbc('des-ede3-cbc', '1.2.840.113549.3.7', 24, 8),
  'des-cbc': cbc('des-cbc', '1.3.14.3.2.7', 8, 8),
};

const ciphersByOid = new Map(Object.values(ciphers).map((cipher) => [cipher.oid, cipher]));

export function cipherByOid(id: string): Cipher | undefined {
  return ciphersByOid.get(id);
}

export function cipherByName(name: CipherName): Cipher {
  return ciphers[name];
}

/** A CBC cipher with its initialisation vector (RFC 3565 §4, RFC 3370 §5.1). */
export function cipherIdentifier(name: CipherName, iv: Uint8Array): AlgorithmIdentifier {
  return { oid: cipherByName(name).oid, parameters: encode(octetString(iv)) };
}

const curves = new Map<string, string>([
  ['1.2.840.10045.3.1.7', 'P-256'],
  ['1.3.132.0.34', 'P-384'],
  ['1.3.132.0.35', 'P-521'],
]);

/** `P-256`, `P-384`, `P-521`, or the identifier itself. */
export function curveName(id: string): string {
  return curves.get(id) ?? id;
}

export function nextAlgorithm(cursor: Asn1Cursor, what: string): AlgorithmIdentifier {
  return readAlgorithm(next(cursor, tag.sequence, what), what);
}

/** AlgorithmIdentifier, RFC 5280 §4.1.1.2; the RSA ones must carry NULL unless `absentAlgorithmParameters`. */
export function readAlgorithm(node: Asn1Node, what: string): AlgorithmIdentifier {
  const cursor = open(node, what);
  const id = nextOid(cursor, what);
  const parameters = atEnd(cursor) ? undefined : rawBytes(nextAny(cursor, what));
  finish(cursor, what);
  if (parameters === undefined && !node.source.leniency.absentAlgorithmParameters && needsNull(id))
    throw malformed(
      'algorithm-parameters-absent',
      `${what}: the NULL that RSA identifiers carry is missing.`,
      node.start,
    );
  return parameters === undefined ? { oid: id, parameters: undefined } : { oid: id, parameters };
}

/** Throws `Failure` `malformed`. */
export function parseAlgorithm(der: Uint8Array): AlgorithmIdentifier {
  return readAlgorithm(parseAsn1(der, { leniency: { absentAlgorithmParameters: true } }), 'the algorithm');
}

/** Given as DER, it is taken as it stands. */
export function encodeAlgorithm(algorithm: AlgorithmIdentifier | Uint8Array): Der {
  return algorithm instanceof Uint8Array ? algorithm : sequence(oid(algorithm.oid), algorithm.parameters);
}

/** True when both mean the same: absent and NULL parameters count as one, since writers disagree about them (RFC 5754 §2). */
export function sameAlgorithm(a: AlgorithmIdentifier, b: AlgorithmIdentifier): boolean {
  if (a.oid !== b.oid) return false;
  const left = isNull(a.parameters) ? nullValue : a.parameters;
  const right = isNull(b.parameters) ? nullValue : b.parameters;
  if (left === undefined || right === undefined || left.length !== right.length) return left === right;
  return left.every((byte, i) => byte === right[i]);
}

function isNull(parameters: Uint8Array | undefined): boolean {
  return parameters === undefined || (parameters.length === 2 && parameters[0] === tag.null);
}

function needsNull(id: string): boolean {
  const scheme = schemesByOid.get(id);
  return id === rsaEncryption.oid || (scheme !== undefined && scheme.padding === 'pkcs1');
}
