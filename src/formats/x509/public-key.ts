import { malformed } from '../asn1/malformed.ts';
import { oidText } from '../asn1/oid.ts';
import { type Asn1Node, finish, next, nextAny, open, parseAsn1 } from '../asn1/read.ts';
import { nextBitString, nextInteger, nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { bitString, type Der, encode, nullValue, oid, sequence, unsignedInteger } from '../asn1/write.ts';
import { curveName, ecPublicKeyOid, rsaEncryption, rsassaPssOid } from './algorithms.ts';

export type PublicKey =
  | {
      readonly kind: 'rsa';
      /** Length of the modulus in bits. */
      readonly bits: number;
      /** Unsigned big-endian, no leading zeros. */
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
      /** True for id-RSASSA-PSS keys, which may only sign by PSS. */
      readonly pssOnly: boolean;
    }
  | {
      readonly kind: 'ec';
      /** `P-256`, `P-384`, `P-521`, else the curve's object identifier. */
      readonly curve: string;
      readonly point: Uint8Array;
    }
  | { readonly kind: 'other'; readonly oid: string };

/** SubjectPublicKeyInfo, RFC 5280 §4.1.2.7, RFC 3279 §2.3, RFC 5480 §2. Throws `Failure` `malformed`. */
export function parsePublicKey(spki: Uint8Array): PublicKey {
  return readPublicKey(parseAsn1(spki), 'the public key');
}

export function readPublicKey(node: Asn1Node, what: string): PublicKey {
  const cursor = open(node, what);
  const algorithm = open(next(cursor, tag.sequence, what), what);
  const id = nextOid(algorithm, what);
  const key = nextBitString(cursor, what);
  finish(cursor, what);
  if (id === rsaEncryption.oid || id === rsassaPssOid) return rsaKey(key, node, id === rsassaPssOid);
  if (id !== ecPublicKeyOid) return { kind: 'other', oid: id };
  const parameters = nextAny(algorithm, what);
  if (parameters.tag !== tag.oid) return { kind: 'other', oid: id };
  return { kind: 'ec', curve: curveName(oidText(parameters.source.bytes, parameters.from, parameters.to)), point: key };
}

/** SubjectPublicKeyInfo of an RSA key from unsigned big-endian numbers. */
export function encodeRsaPublicKey(modulus: Uint8Array, exponent: Uint8Array): Uint8Array {
  const key: Der = sequence(unsignedInteger(modulus), unsignedInteger(exponent));
  return encode(sequence(sequence(oid(rsaEncryption.oid), nullValue), bitString(key)));
}

function rsaKey(key: Uint8Array, node: Asn1Node, pssOnly: boolean): PublicKey {
  const { leniency, budget } = node.source;
  const cursor = open(parseAsn1(key, { leniency, budget }), 'the RSA key');
  const modulus = unsigned(nextInteger(cursor, 'the RSA modulus'), node);
  const exponent = unsigned(nextInteger(cursor, 'the RSA exponent'), node);
  finish(cursor, 'the RSA key');
  return {
    kind: 'rsa',
    bits: modulus.length * 8 - Math.clz32((modulus[0] as number) << 24),
    modulus,
    exponent,
    pssOnly,
  };
}

function unsigned(content: Uint8Array, node: Asn1Node): Uint8Array {
  let from = 0;
  while (from < content.length && content[from] === 0) from++;
  if (((content[0] as number) & 0x80) !== 0 || from === content.length)
    throw malformed('public-key-number', 'An RSA key has a number that is not positive.', node.start);
  return from === 0 ? content : content.subarray(from);
}
