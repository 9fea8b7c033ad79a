import { oidBytes } from './oid.ts';
import { tag } from './tag.ts';

/**
 * Encoded DER, or a plan of it: lengths are known, bytes are not laid out yet. Both have `length`, the number of bytes.
 * Building a tree and calling `encode` once writes every byte once.
 */
export type Der = Uint8Array | DerTree;

export type DerTree = {
  /** The identifier octet, or -1 for parts that merely stand one after the other. */
  readonly tag: number;
  readonly parts: readonly (Der | undefined)[];
  readonly contentLength: number;
  readonly length: number;
};

/** An element with these contents. `undefined` parts are left out, which suits OPTIONAL fields. */
export function constructed(tagOctet: number, parts: readonly (Der | undefined)[]): DerTree {
  let contentLength = 0;
  for (const part of parts) if (part !== undefined) contentLength += part.length;
  return { tag: tagOctet, parts, contentLength, length: 1 + lengthOctets(contentLength) + contentLength };
}

export function primitive(tagOctet: number, content: Uint8Array): DerTree {
  return constructed(tagOctet, [content]);
}

export function sequence(...parts: readonly (Der | undefined)[]): DerTree {
  return constructed(tag.sequence, parts);
}

export function sequenceOf(parts: readonly Der[]): DerTree {
  return constructed(tag.sequence, parts);
}

/** SET OF in DER order: by encoding (X.690 §11.6). */
export function setOf(parts: readonly Der[]): DerTree {
  return constructed(tag.set, parts.length < 2 ? parts : parts.map(encode).sort(compareEncodings));
}

/** `[number] EXPLICIT`. */
export function explicit(number: number, part: Der | undefined): DerTree | undefined {
  return part === undefined ? undefined : constructed(0xa0 | number, [part]);
}

/** `[number] IMPLICIT` of a constructed type: the parts of a SEQUENCE or SET under another tag. */
export function implicit(number: number, parts: readonly (Der | undefined)[]): DerTree {
  return constructed(0xa0 | number, parts);
}

/** `[number] IMPLICIT` of a primitive type. */
export function implicitPrimitive(number: number, content: Uint8Array): DerTree {
  return constructed(0x80 | number, [content]);
}

export function octetString(content: Der): DerTree {
  return constructed(tag.octetString, [content]);
}

const noUnusedBits = Uint8Array.of(0);

/** A BIT STRING whose bits fill whole bytes: keys, signatures. */
export function bitString(content: Der): DerTree {
  return constructed(tag.bitString, [noUnusedBits, content]);
}

/** A BIT STRING of named bits, without trailing zeros (X.690 §11.2.2). `bits` are positions; 0 is the first bit. */
export function namedBits(bits: Iterable<number>, tagOctet: number = tag.bitString): DerTree {
  const content: number[] = [];
  let highest = -1;
  for (const bit of bits) {
    const at = (bit >> 3) + 1;
    while (content.length <= at) content.push(0);
    content[at] = (content[at] as number) | (0x80 >> (bit & 7));
    if (bit > highest) highest = bit;
  }
  if (highest < 0) return primitive(tagOctet, noUnusedBits);
  content[0] = 7 - (highest & 7);
  return primitive(tagOctet, Uint8Array.from(content));
}

/** An INTEGER whose content octets are given as they are. */
export function integerContent(content: Uint8Array): DerTree {
  return constructed(tag.integer, [content]);
}

/** An INTEGER from an unsigned big-endian number: leading zeros are dropped, one is added where the sign needs it. */
export function unsignedInteger(magnitude: Uint8Array): DerTree {
  return constructed(tag.integer, [unsignedContent(magnitude)]);
}

/** Content octets of the INTEGER for an unsigned big-endian number. */
export function unsignedContent(magnitude: Uint8Array): Uint8Array {
  let from = 0;
  while (from < magnitude.length - 1 && magnitude[from] === 0) from++;
  if (magnitude.length === 0) return noUnusedBits;
  if (((magnitude[from] as number) & 0x80) === 0) return from === 0 ? magnitude : magnitude.subarray(from);
  if (from > 0) return magnitude.subarray(from - 1);
  const padded = new Uint8Array(magnitude.length + 1);
  padded.set(magnitude, 1);
  return padded;
}

const smallIntegers = Array.from({ length: 128 }, (_, value) => Uint8Array.of(tag.integer, 1, value));

export function integer(value: number | bigint): Der {
  if (typeof value === 'number' && value >= 0 && value < 128) {
    const small = smallIntegers[value];
    if (small !== undefined) return small;
  }
  return primitive(tag.integer, signedContent(BigInt(value)));
}

export function enumerated(value: number): Der {
  return primitive(tag.enumerated, signedContent(BigInt(value)));
}

function signedContent(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let left = value;
  do {
    bytes.unshift(Number(left & 0xffn));
    left >>= 8n;
  } while (
    !(left === 0n && ((bytes[0] as number) & 0x80) === 0) &&
    !(left === -1n && ((bytes[0] as number) & 0x80) !== 0)
  );
  return Uint8Array.from(bytes);
}

export const nullValue: Uint8Array = Uint8Array.of(tag.null, 0);
export const trueValue: Uint8Array = Uint8Array.of(tag.boolean, 1, 0xff);
export const falseValue: Uint8Array = Uint8Array.of(tag.boolean, 1, 0);

/** TRUE, or nothing where FALSE is the default. */
export function defaultFalse(value: boolean): Uint8Array | undefined {
  return value ? trueValue : undefined;
}

export function oid(text: string): Uint8Array {
  return oidBytes(text);
}

/** Lays out the bytes. */
export function encode(der: Der): Uint8Array {
  if (der instanceof Uint8Array) return der;
  const bytes = new Uint8Array(der.length);
  write(der, bytes, 0);
  return bytes;
}

/** Order of two encodings in a DER SET OF. */
export function compareEncodings(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  return a.length - b.length;
}

function lengthOctets(length: number): number {
  if (length < 0x80) return 1;
  if (length < 0x100) return 2;
  if (length < 0x10000) return 3;
  return length < 0x1000000 ? 4 : 5;
}

function write(der: Der, into: Uint8Array, start: number): number {
  if (der instanceof Uint8Array) {
    into.set(der, start);
    return start + der.length;
  }
  let at = der.tag < 0 ? start : writeHeader(der.tag, der.contentLength, into, start);
  for (const part of der.parts) if (part !== undefined) at = write(part, into, at);
  return at;
}

function writeHeader(tagOctet: number, length: number, into: Uint8Array, start: number): number {
  let at = start;
  into[at++] = tagOctet;
  const octets = lengthOctets(length);
  if (octets === 1) {
    into[at++] = length;
    return at;
  }
  into[at++] = 0x80 | (octets - 1);
  for (let shift = octets - 2; shift >= 0; shift--) into[at++] = Math.floor(length / 256 ** shift) & 0xff;
  return at;
}
