import { clientMessages } from '../asn1/leniency.ts';
import { tooLarge } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  finish,
  next,
  nextAny,
  open,
  optional,
  parseAsn1,
  peekTag,
} from '../asn1/read.ts';
import { nextOctetString, nextOid, readOctetString, readSmallInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import {
  type AlgorithmIdentifier,
  type Cipher,
  cipherByOid,
  type DigestName,
  nextAlgorithm,
} from '../x509/algorithms.ts';

/** How something is encrypted under a password. */
export type PasswordScheme =
  | {
      /** RFC 8018 §6.2 with PBKDF2. */
      readonly kind: 'pbes2';
      readonly salt: Uint8Array;
      readonly iterations: number;
      /** The HMAC of PBKDF2. */
      readonly digest: DigestName;
      readonly cipher: Cipher;
      readonly iv: Uint8Array;
    }
  | {
      /** pbeWithSHAAnd3-KeyTripleDES-CBC, RFC 7292 appendix B: the key derivation of PKCS#12 with SHA-1. */
      readonly kind: 'pkcs12-sha1-3des';
      readonly salt: Uint8Array;
      readonly iterations: number;
    }
  | { readonly kind: 'other'; readonly oid: string };

const pbes2Oid = '1.2.840.113549.1.5.13';
const pbkdf2Oid = '1.2.840.113549.1.5.12';
const sha1TripleDesOid = '1.2.840.113549.1.12.1.3';

const hmacs = new Map<string, DigestName>([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
]);

/** A stranger's file must not keep a core busy for minutes. */
const maxIterations = 10_000_000;

/** Throws `Failure` `malformed`, or `too-large` for more than ten million iterations. */
export function passwordSchemeOf(algorithm: AlgorithmIdentifier): PasswordScheme {
  const other: PasswordScheme = { kind: 'other', oid: algorithm.oid };
  if (algorithm.parameters === undefined) return other;
  const what = 'the password parameters';
  const node = parseAsn1(algorithm.parameters, { leniency: clientMessages });
  if (algorithm.oid === sha1TripleDesOid) {
    const cursor = open(node, what);
    const salt = nextOctetString(cursor, tag.octetString, what);
    const iterations = nextIterations(cursor);
    finish(cursor, what);
    return { kind: 'pkcs12-sha1-3des', salt, iterations };
  }
  return algorithm.oid === pbes2Oid ? (readPbes2(node, what) ?? other) : other;
}

/** Undefined for a derivation or a cipher that is not in our tables. */
function readPbes2(node: Asn1Node, what: string): PasswordScheme | undefined {
  const cursor = open(node, what);
  const derivation = open(next(cursor, tag.sequence, what), what);
  const encryption = nextAlgorithm(cursor, what);
  finish(cursor, what);
  const cipher = cipherByOid(encryption.oid);
  if (nextOid(derivation, what) !== pbkdf2Oid || cipher === undefined || encryption.parameters === undefined)
    return undefined;
  const parameters = open(next(derivation, tag.sequence, what), what);
  if (peekTag(parameters) !== tag.octetString) return undefined;
  const salt = readOctetString(nextAny(parameters, what), what);
  const iterations = nextIterations(parameters);
  optional(parameters, tag.integer);
  const digest = peekTag(parameters) < 0 ? 'sha1' : hmacs.get(nextAlgorithm(parameters, what).oid);
  const iv = parseAsn1(encryption.parameters);
  if (digest === undefined || iv.tag !== tag.octetString || iv.to - iv.from !== cipher.blockLength) return undefined;
  return { kind: 'pbes2', salt, iterations, digest, cipher, iv: readOctetString(iv, what) };
}

export function nextIterations(cursor: Asn1Cursor): number {
  const node = next(cursor, tag.integer, 'the iteration count');
  const iterations = readSmallInteger(node, 'the iteration count');
  if (iterations < 1 || iterations > maxIterations)
    throw tooLarge(
      'password-iterations',
      `${iterations} iterations are not between 1 and ${maxIterations}.`,
      node.start,
    );
  return iterations;
}
