import { spend } from './budget.ts';
import { malformed } from './malformed.ts';
import { oidText } from './oid.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  atEnd,
  contentBytes,
  next,
  nextAny,
  open,
  optional,
  peekTag,
  rawBytes,
} from './read.ts';
import { tag, tagName } from './tag.ts';
import { compareEncodings } from './write.ts';

/** The next element, an OBJECT IDENTIFIER, as dotted text. */
export function nextOid(cursor: Asn1Cursor, what: string): string {
  return readOid(next(cursor, tag.oid, what), what);
}

export function readOid(node: Asn1Node, what: string): string {
  expect(node, tag.oid, what);
  return oidText(node.source.bytes, node.from, node.to);
}

/** The next element, an INTEGER between 0 and `highest`. */
export function nextSmallInteger(cursor: Asn1Cursor, what: string, highest = 0x7fffffff): number {
  return readSmallInteger(next(cursor, tag.integer, what), what, highest);
}

/** An INTEGER (or, implicitly tagged, anything with its contents) between 0 and `highest`. */
export function readSmallInteger(node: Asn1Node, what: string, highest = 0x7fffffff): number {
  const content = integerOctets(node, what);
  let value = 0;
  for (const byte of content) value = value * 256 + byte;
  if (content.length > 6 || ((content[0] as number) & 0x80) !== 0 || value > highest)
    throw malformed('asn1-integer', `${what} is not a number between 0 and ${highest}.`, node.start);
  return value;
}

/** The next element, an INTEGER, as content octets: two's complement, big-endian, a view. */
export function nextInteger(cursor: Asn1Cursor, what: string): Uint8Array {
  return integerOctets(next(cursor, tag.integer, what), what);
}

/** Content octets of an INTEGER; a view. */
export function integerOctets(node: Asn1Node, what: string): Uint8Array {
  const { bytes, leniency } = node.source;
  const length = node.to - node.from;
  if (length === 0 || (node.tag & 0x20) !== 0)
    throw malformed('asn1-integer', `${what} is an empty INTEGER.`, node.start);
  if (length > 1 && !leniency.nonMinimalInteger) {
    const first = bytes[node.from] as number;
    const negative = ((bytes[node.from + 1] as number) & 0x80) !== 0;
    if ((first === 0 && !negative) || (first === 0xff && negative))
      throw malformed(
        'asn1-non-minimal-integer',
        `${what} has superfluous leading bytes, which DER forbids.`,
        node.start,
      );
  }
  return contentBytes(node);
}

/** BOOLEAN DEFAULT FALSE. */
export function optionalBoolean(cursor: Asn1Cursor, what: string): boolean {
  const node = optional(cursor, tag.boolean);
  if (node === undefined) return false;
  const value = readBoolean(node, what);
  if (!value && !node.source.leniency.explicitDefault)
    throw malformed('asn1-explicit-default', `${what} writes FALSE out, which DER forbids for a default.`, node.start);
  return value;
}

/** A BOOLEAN, also under an implicit tag. */
export function readBoolean(node: Asn1Node, what: string): boolean {
  const value = node.source.bytes[node.from];
  if (node.to - node.from !== 1 || (node.tag & 0x20) !== 0)
    throw malformed('asn1-boolean', `${what} is not a BOOLEAN.`, node.start);
  if (value !== 0 && value !== 0xff && !node.source.leniency.anyTrue)
    throw malformed('asn1-boolean', `${what} has another byte than 00 or ff.`, node.start);
  return value !== 0;
}

export function readNull(node: Asn1Node, what: string): void {
  if (node.tag !== tag.null || node.to !== node.from) throw malformed('asn1-null', `${what} is not NULL.`, node.start);
}

/** The next element, a BIT STRING of whole bytes; a view without the leading count. */
export function nextBitString(cursor: Asn1Cursor, what: string): Uint8Array {
  return readBitString(next(cursor, tag.bitString, what), what);
}

/** A BIT STRING of whole bytes, also under an implicit tag. */
export function readBitString(node: Asn1Node, what: string): Uint8Array {
  if ((node.tag & 0x20) !== 0 || node.to === node.from || node.source.bytes[node.from] !== 0)
    throw malformed('asn1-bit-string', `${what} is not a BIT STRING of whole bytes.`, node.start);
  return node.source.bytes.subarray(node.from + 1, node.to);
}

/** Positions of the set bits of a BIT STRING, in order; 0 is the first bit. At most 64 bits. Also under an implicit tag. */
export function readNamedBits(node: Asn1Node, what: string): number[] {
  const content = contentBytes(node);
  const unused = content[0];
  if (
    (node.tag & 0x20) !== 0 ||
    unused === undefined ||
    unused > 7 ||
    (content.length === 1 && unused !== 0) ||
    content.length > 9
  )
    throw malformed('asn1-bit-string', `${what} is not a BIT STRING of named bits.`, node.start);
  const bits: number[] = [];
  const count = (content.length - 1) * 8 - unused;
  for (let bit = 0; bit < count; bit++)
    if (((content[1 + (bit >> 3)] as number) & (0x80 >> (bit & 7))) !== 0) bits.push(bit);
  return bits;
}

/**
 * The next element as an OCTET STRING under `tagOctet` (its primitive form; `[0] IMPLICIT` is 0x80).
 * A view where it stands in one piece; pieces (`constructedOctetString`) are joined, once.
 */
export function nextOctetString(cursor: Asn1Cursor, tagOctet: number, what: string): Uint8Array {
  const found = peekTag(cursor);
  if (found !== tagOctet && found !== (tagOctet | 0x20))
    throw malformed('asn1-unexpected', `${what}: expected ${tagName(tagOctet)}, found ${tagName(found)}.`, cursor.at);
  return readOctetString(nextAny(cursor, what), what);
}

/** The octets of an OCTET STRING whatever its tag, primitive or in pieces. */
export function readOctetString(node: Asn1Node, what: string): Uint8Array {
  if ((node.tag & 0x20) === 0) return contentBytes(node);
  if (!node.source.leniency.constructedOctetString)
    throw malformed('asn1-constructed-octet-string', `${what} comes in pieces, which DER forbids.`, node.start);
  const pieces: Uint8Array[] = [];
  const length = collectPieces(node, pieces, what);
  const only = pieces[0];
  if (only !== undefined && pieces.length === 1) return only;
  spend(node.source.budget, length, node.start);
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function collectPieces(node: Asn1Node, pieces: Uint8Array[], what: string): number {
  const cursor = open(node, what);
  let length = 0;
  while (!atEnd(cursor)) {
    const piece = nextAny(cursor, what);
    if (piece.tag === (tag.octetString | 0x20)) length += collectPieces(piece, pieces, what);
    else {
      expect(piece, tag.octetString, what);
      pieces.push(contentBytes(piece));
      length += piece.to - piece.from;
    }
  }
  return length;
}

/** Elements of a SET OF (or SEQUENCE OF under an implicit tag); in DER order unless `unsortedSet`. */
export function setElements(node: Asn1Node, what: string): Asn1Node[] {
  const cursor = open(node, what);
  const nodes: Asn1Node[] = [];
  while (!atEnd(cursor)) {
    const element = nextAny(cursor, what);
    const previous = nodes.at(-1);
    nodes.push(element);
    if (previous === undefined || node.source.leniency.unsortedSet) continue;
    if (compareEncodings(rawBytes(previous), rawBytes(element)) > 0)
      throw malformed('asn1-unsorted-set', `${what} is not sorted, which DER demands.`, element.start);
  }
  return nodes;
}

function expect(node: Asn1Node, tagOctet: number, what: string): void {
  if (node.tag !== tagOctet)
    throw malformed(
      'asn1-unexpected',
      `${what}: expected ${tagName(tagOctet)}, found ${tagName(node.tag)}.`,
      node.start,
    );
}
