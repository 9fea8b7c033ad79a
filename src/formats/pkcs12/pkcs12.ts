import { clientMessages } from '../asn1/leniency.ts';
import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  atEnd,
  finish,
  next,
  nextAny,
  open,
  optional,
  parseAsn1,
  peekTag,
  rawBytes,
} from '../asn1/read.ts';
import { nextOctetString, nextOid, nextSmallInteger, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { readText } from '../asn1/text.ts';
import { contentType } from '../cms/content-type.ts';
import { type DigestName, digestByOid, nextAlgorithm } from '../x509/algorithms.ts';
import { nextIterations, type PasswordScheme, passwordSchemeOf } from './password-scheme.ts';

/** The structure of a PKCS#12 file (RFC 7292); nothing is decrypted or verified here. */
export type Pkcs12 = {
  /** What the MAC covers. */
  readonly authenticatedSafe: Uint8Array;
  readonly mac: Pkcs12Mac | undefined;
  readonly safes: readonly Safe[];
};

/** HMAC with a key from the derivation of RFC 7292 appendix B (id 3). */
export type Pkcs12Mac = {
  /** Undefined for digests that are not in our table. */
  readonly digest: DigestName | undefined;
  readonly value: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
};

/** `encrypted`, once decrypted, is for `parseSafeContents`. */
export type Safe =
  | { readonly kind: 'plain'; readonly bags: readonly SafeBag[] }
  | { readonly kind: 'encrypted'; readonly scheme: PasswordScheme; readonly encrypted: Uint8Array };

export type SafeBag = {
  readonly friendlyName: string | undefined;
  /** Joins a key and its certificate. */
  readonly localKeyId: Uint8Array | undefined;
} & (
  | { readonly kind: 'key'; readonly pkcs8: Uint8Array }
  /** `encrypted`, once decrypted, is PKCS#8. */
  | { readonly kind: 'encrypted-key'; readonly scheme: PasswordScheme; readonly encrypted: Uint8Array }
  | { readonly kind: 'certificate'; readonly der: Uint8Array }
  | { readonly kind: 'other'; readonly oid: string }
);

const what = 'the PKCS#12 file';
const bags = {
  key: '1.2.840.113549.1.12.10.1.1',
  encryptedKey: '1.2.840.113549.1.12.10.1.2',
  certificate: '1.2.840.113549.1.12.10.1.3',
} as const;
const x509CertificateOid = '1.2.840.113549.1.9.22.1';
const friendlyNameOid = '1.2.840.113549.1.9.20';
const localKeyIdOid = '1.2.840.113549.1.9.21';

/** Throws `Failure` `malformed` or `too-large`. */
export function parsePkcs12(der: Uint8Array, options: Asn1Options = {}): Pkcs12 {
  const cursor = open(parseAsn1(der, { leniency: clientMessages, ...options }), what);
  nextSmallInteger(cursor, what, 3);
  const info = nextContentInfo(cursor);
  if (info.type !== contentType.data)
    throw malformed(
      'pkcs12-integrity',
      'The file is protected by a signature instead of a password, which is not supported.',
      0,
    );
  const authenticatedSafe = nextOctetString(info.content, tag.octetString, what);
  const mac = peekTag(cursor) < 0 ? undefined : readMac(next(cursor, tag.sequence, 'the MAC'));
  finish(cursor, what);
  const list = open(parseAsn1(authenticatedSafe, { leniency: clientMessages, ...options }), what);
  const safes: Safe[] = [];
  while (!atEnd(list)) safes.push(readSafe(list, options));
  return { authenticatedSafe, mac, safes };
}

/** SafeContents: what an encrypted safe holds. Throws `Failure` `malformed` or `too-large`. */
export function parseSafeContents(der: Uint8Array, options: Asn1Options = {}): SafeBag[] {
  const cursor = open(parseAsn1(der, { leniency: clientMessages, ...options }), 'the safe');
  const found: SafeBag[] = [];
  while (!atEnd(cursor)) found.push(readBag(next(cursor, tag.sequence, 'a bag')));
  return found;
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3), also what PEM calls ENCRYPTED PRIVATE KEY. Throws `Failure` `malformed`. */
export function parseEncryptedPrivateKey(der: Uint8Array): {
  readonly scheme: PasswordScheme;
  readonly encrypted: Uint8Array;
} {
  return readEncryptedKey(parseAsn1(der, { leniency: clientMessages }));
}

function nextContentInfo(cursor: Asn1Cursor): { type: string; content: Asn1Cursor } {
  const info = open(next(cursor, tag.sequence, what), what);
  const type = nextOid(info, what);
  const content = open(next(info, 0xa0, what), what);
  finish(info, what);
  return { type, content };
}

function readSafe(list: Asn1Cursor, options: Asn1Options): Safe {
  const { type, content } = nextContentInfo(list);
  if (type === contentType.data)
    return { kind: 'plain', bags: parseSafeContents(nextOctetString(content, tag.octetString, what), options) };
  if (type !== contentType.encryptedData)
    throw malformed(
      'pkcs12-safe',
      `A safe of content type ${type} is not supported; export the file with a password.`,
      content.at,
    );
  const data = open(next(content, tag.sequence, what), what);
  nextSmallInteger(data, what, 2);
  const encrypted = open(next(data, tag.sequence, what), what);
  nextOid(encrypted, what);
  const scheme = passwordSchemeOf(nextAlgorithm(encrypted, what));
  return { kind: 'encrypted', scheme, encrypted: nextOctetString(encrypted, 0x80, what) };
}

function readMac(node: Asn1Node): Pkcs12Mac {
  const cursor = open(node, 'the MAC');
  const info = open(next(cursor, tag.sequence, 'the MAC'), 'the MAC');
  const algorithm = nextAlgorithm(info, 'the MAC');
  const value = nextOctetString(info, tag.octetString, 'the MAC');
  const salt = nextOctetString(cursor, tag.octetString, 'the MAC');
  const iterations = atEnd(cursor) ? 1 : nextIterations(cursor);
  finish(cursor, 'the MAC');
  return { digest: digestByOid(algorithm.oid), value, salt, iterations };
}

function readBag(node: Asn1Node): SafeBag {
  const cursor = open(node, 'a bag');
  const oid = nextOid(cursor, 'a bag');
  const wrapper = open(next(cursor, 0xa0, 'a bag'), 'a bag');
  const value = nextAny(wrapper, 'a bag');
  const attributes = readBagAttributes(optional(cursor, tag.set));
  finish(cursor, 'a bag');
  if (oid === bags.key) return { ...attributes, kind: 'key', pkcs8: rawBytes(value) };
  if (oid === bags.encryptedKey) return { ...attributes, kind: 'encrypted-key', ...readEncryptedKey(value) };
  const certificate = oid === bags.certificate ? readCertificateBag(value) : undefined;
  return certificate === undefined
    ? { ...attributes, kind: 'other', oid }
    : { ...attributes, kind: 'certificate', der: certificate };
}

function readEncryptedKey(node: Asn1Node): { scheme: PasswordScheme; encrypted: Uint8Array } {
  const cursor = open(node, 'the encrypted key');
  const algorithm = nextAlgorithm(cursor, 'the encrypted key');
  const encrypted = nextOctetString(cursor, tag.octetString, 'the encrypted key');
  finish(cursor, 'the encrypted key');
  return { scheme: passwordSchemeOf(algorithm), encrypted };
}

function readCertificateBag(node: Asn1Node): Uint8Array | undefined {
  const cursor = open(node, 'a certificate bag');
  if (nextOid(cursor, 'a certificate bag') !== x509CertificateOid) return undefined;
  return nextOctetString(
    open(next(cursor, 0xa0, 'a certificate bag'), 'a certificate bag'),
    tag.octetString,
    'a certificate bag',
  );
}

function readBagAttributes(node: Asn1Node | undefined): Pick<SafeBag, 'friendlyName' | 'localKeyId'> {
  const result: { friendlyName: string | undefined; localKeyId: Uint8Array | undefined } = {
    friendlyName: undefined,
    localKeyId: undefined,
  };
  for (const element of node === undefined ? [] : setElements(node, 'bag attributes')) {
    const cursor = open(element, 'a bag attribute');
    const oid = nextOid(cursor, 'a bag attribute');
    const values = open(next(cursor, tag.set, 'a bag attribute'), 'a bag attribute');
    if (oid === friendlyNameOid && !atEnd(values))
      result.friendlyName = readText(nextAny(values, 'friendlyName'), 'friendlyName');
    else if (oid === localKeyIdOid) result.localKeyId = nextOctetString(values, tag.octetString, 'localKeyId');
  }
  return result;
}
