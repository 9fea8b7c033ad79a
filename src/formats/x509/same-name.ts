import { sameBytes, toHex } from '../../lib/bytes.ts';
import { clientCertificates } from '../asn1/leniency.ts';
import { attributeLabel } from './attribute-type.ts';
import { decodeName, type Name, type NameAttribute, type Rdn } from './name.ts';

/** One place where two names part. `position` counts RDNs from 0, most general first. */
export type NameDifference = {
  readonly position: number;
  readonly kind: 'missing' | 'unexpected' | 'different-value' | 'different-type';
  /** Short names (`CN`) or identifiers of the attributes concerned, joined by `+`; of the expected RDN where there is one. */
  readonly attribute: string;
  /** `CN=a+serialNumber=1`; undefined where that side has no RDN here. */
  readonly expected: string | undefined;
  readonly received: string | undefined;
};

/** True when both are the same name by RFC 5280 §7.1. */
export function sameName(a: Name, b: Name): boolean {
  return a.length === b.length && a.every((rdn, i) => sameRdn(rdn, b[i] as Rdn));
}

/** The same for two encodings; equal bytes are not decoded. Throws `Failure` `malformed`. */
export function sameNameDer(a: Uint8Array, b: Uint8Array): boolean {
  const options = { leniency: clientCertificates };
  return sameBytes(a, b) || sameName(decodeName(a, options), decodeName(b, options));
}

/** Where `received` parts from `expected`, RDN by RDN; empty when they are the same name. */
export function nameDifferences(expected: Name, received: Name): NameDifference[] {
  const differences: NameDifference[] = [];
  for (let position = 0; position < Math.max(expected.length, received.length); position++) {
    const left = expected[position];
    const right = received[position];
    if (left !== undefined && right !== undefined && sameRdn(left, right)) continue;
    differences.push({
      position,
      kind: differenceKind(left, right),
      attribute: types(left ?? right ?? []),
      expected: left && rdnText(left),
      received: right && rdnText(right),
    });
  }
  return differences;
}

/**
 * Attribute value prepared for comparison as RFC 4518 §2 says: mapped, normalised (NFKC), case-folded, insignificant
 * spaces removed. Two values match when these are equal.
 */
export function preparedText(value: string): string {
  return fold(mapped(value).normalize('NFKC')).normalize('NFKC').replace(/ {2,}/g, ' ').replace(/^ | $/g, '');
}

function sameRdn(a: Rdn, b: Rdn): boolean {
  if (a.length !== b.length) return false;
  if (a.length === 1) return sameAttribute(a[0] as NameAttribute, b[0] as NameAttribute);
  // Each is prepared once: compared pair by pair a stranger's names would cost the square of their length.
  const left = a.map(attributeKey).sort();
  const right = b.map(attributeKey).sort();
  return left.every((key, i) => key === right[i]);
}

/** Equal for attributes that are the same. */
function attributeKey({ type, tag, value }: NameAttribute): string {
  return typeof value === 'string' ? `${type}=${preparedText(value)}` : `${type}#${tag}:${toHex(value)}`;
}

function sameAttribute(a: NameAttribute, b: NameAttribute): boolean {
  if (a.type !== b.type) return false;
  if (typeof a.value === 'string' && typeof b.value === 'string')
    return a.value === b.value || preparedText(a.value) === preparedText(b.value);
  if (typeof a.value === 'string' || typeof b.value === 'string') return false;
  return a.tag === b.tag && sameBytes(a.value, b.value);
}

/** RFC 4518 §2.2: characters without meaning vanish, every kind of space becomes U+0020. */
function mapped(value: string): string {
  return value
    .replace(/[\t\n\v\f\r\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g, ' ')
    .replace(/\p{Cc}|\p{Cf}|\u034f|[\ufe00-\ufe0f]|\ufffc/gu, '');
}

/** Full case folding: JavaScript's lower case, and the two letters it leaves apart. */
function fold(value: string): string {
  return value.toLowerCase().replaceAll('\u00df', 'ss').replaceAll('\u03c2', '\u03c3');
}

function differenceKind(expected: Rdn | undefined, received: Rdn | undefined): NameDifference['kind'] {
  if (received === undefined) return 'missing';
  if (expected === undefined) return 'unexpected';
  return sortedTypes(expected) === sortedTypes(received) ? 'different-value' : 'different-type';
}

function sortedTypes(rdn: Rdn): string {
  return rdn
    .map(({ type }) => type)
    .sort()
    .join('+');
}

function types(rdn: Rdn): string {
  return rdn.map(({ type }) => attributeLabel(type)).join('+');
}

function rdnText(rdn: Rdn): string {
  return rdn.map(({ type, value }) => `${attributeLabel(type)}=${typeof value === 'string' ? value : '#'}`).join('+');
}
