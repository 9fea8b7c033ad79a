import { clientMessages } from '../asn1/leniency.ts';
import { malformed } from '../asn1/malformed.ts';
import { type Asn1Node, atEnd, finish, next, nextAny, open, parseAsn1 } from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { encode, explicit, sequence } from '../asn1/write.ts';
import {
  type AlgorithmIdentifier,
  type DigestName,
  digestByOid,
  digestIdentifier,
  encodeAlgorithm,
  mgf1Oid,
  nextAlgorithm,
  readAlgorithm,
  rsaEncryption,
  rsaesOaepOid,
} from '../x509/algorithms.ts';

/** How a content key was encrypted with RSA (RFC 3370 §4.2.1, RFC 4055 §4.1). */
export type KeyTransport =
  | { readonly kind: 'rsaes-pkcs1' }
  | {
      readonly kind: 'rsaes-oaep';
      /** Undefined for digests not in our table. The two may differ; `node:crypto` cannot open that. */
      readonly digest: DigestName | undefined;
      readonly mgfDigest: DigestName | undefined;
      /** True when a label (pSource) other than the empty one is used. */
      readonly hasLabel: boolean;
    }
  | { readonly kind: 'other'; readonly oid: string };

/** Throws `Failure` `malformed` for OAEP parameters that do not parse. */
export function keyTransportOf(algorithm: AlgorithmIdentifier): KeyTransport {
  if (algorithm.oid === rsaEncryption.oid) return { kind: 'rsaes-pkcs1' };
  if (algorithm.oid !== rsaesOaepOid) return { kind: 'other', oid: algorithm.oid };
  if (algorithm.parameters === undefined)
    return { kind: 'rsaes-oaep', digest: 'sha1', mgfDigest: 'sha1', hasLabel: false };
  return oaepParameters(parseAsn1(algorithm.parameters, { leniency: clientMessages }));
}

export function keyTransportIdentifier(transport: 'rsaes-pkcs1' | { readonly oaep: DigestName }): AlgorithmIdentifier {
  if (transport === 'rsaes-pkcs1') return rsaEncryption;
  const digest = encodeAlgorithm(digestIdentifier(transport.oaep));
  const mgf = encodeAlgorithm({ oid: mgf1Oid, parameters: encode(digest) });
  // DER leaves the defaults (SHA-1) out.
  const parameters = transport.oaep === 'sha1' ? sequence() : sequence(explicit(0, digest), explicit(1, mgf));
  return { oid: rsaesOaepOid, parameters: encode(parameters) };
}

function oaepParameters(node: Asn1Node): KeyTransport {
  const what = 'the OAEP parameters';
  if (node.tag !== tag.sequence) throw malformed('asn1-unexpected', `${what} are not a SEQUENCE.`, node.start);
  const cursor = open(node, what);
  let digest: DigestName | undefined = 'sha1';
  let mgfDigest: DigestName | undefined = 'sha1';
  let hasLabel = false;
  while (!atEnd(cursor)) {
    const field = nextAny(cursor, what);
    const inner = open(field, what);
    const value = next(inner, tag.sequence, what);
    finish(inner, what);
    if (field.tag === 0xa0) digest = digestByOid(readAlgorithm(value, what).oid);
    else if (field.tag === 0xa1) mgfDigest = readMgf(value);
    else if (field.tag === 0xa2) hasLabel = !isEmptyLabel(value);
    else throw malformed('asn1-unexpected', `${what} have a field that is not known.`, field.start);
  }
  return { kind: 'rsaes-oaep', digest, mgfDigest, hasLabel };
}

function readMgf(node: Asn1Node): DigestName | undefined {
  const cursor = open(node, 'the mask generation function');
  const id = nextOid(cursor, 'the mask generation function');
  return id === mgf1Oid ? digestByOid(nextAlgorithm(cursor, 'the mask generation function').oid) : undefined;
}

function isEmptyLabel(node: Asn1Node): boolean {
  const cursor = open(node, 'the OAEP label');
  nextOid(cursor, 'the OAEP label');
  const label = nextAny(cursor, 'the OAEP label');
  return label.tag === tag.octetString && label.from === label.to;
}
