/**
 * Which of a segment's certificates have a token. One row holds those of several tokens: for each its number (4 octets),
 * the length of what follows (2), and then a list of gaps or, where that would be longer, a bit per certificate.
 */

/** Certificates of a segment at most. A power of two. */
export const segmentSize = 4096;

/** A bit per certificate of a segment. */
export type Ordinals = Uint32Array;

const head = 6;
const words = segmentSize / 32;
const gaps = 0;
const bits = 1;

/** `ordinals` ascend and are below `segmentSize`. */
export function encodePostings(
  entries: readonly (readonly [token: number, ordinals: readonly number[]])[],
): Uint8Array {
  const encoded = entries.map(([token, ordinals]) => [token, encodeOrdinals(ordinals)] as const);
  const row = new Uint8Array(encoded.reduce((sum, [, content]) => sum + head + content.length, 0));
  const view = new DataView(row.buffer);
  let at = 0;
  for (const [token, content] of encoded) {
    view.setUint32(at, token);
    view.setUint16(at + 4, content.length);
    row.set(content, at + head);
    at += head + content.length;
  }
  return row;
}

/** Those that have the token, by one row of postings; null: none has. */
export function readPostings(row: Uint8Array, token: number): Ordinals | null {
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  for (let at = 0; at < row.length; at += head + view.getUint16(at + 4))
    if (view.getUint32(at) === token) return decodeOrdinals(row, at + head, at + head + view.getUint16(at + 4));
  return null;
}

/** Ascending. */
export function ordinalsIn(set: Ordinals): number[] {
  const ordinals: number[] = [];
  for (let word = 0; word < words; word++)
    for (let rest = set[word] as number; rest !== 0; rest &= rest - 1)
      ordinals.push(word * 32 + 31 - Math.clz32(rest & -rest));
  return ordinals;
}

export function intersect(into: Ordinals, other: Ordinals): void {
  for (let word = 0; word < words; word++) into[word] = (into[word] as number) & (other[word] as number);
}

export function unite(into: Ordinals, other: Ordinals): void {
  for (let word = 0; word < words; word++) into[word] = (into[word] as number) | (other[word] as number);
}

export function noOrdinals(): Ordinals {
  return new Uint32Array(words);
}

function encodeOrdinals(ordinals: readonly number[]): Uint8Array {
  if (ordinals.length >= segmentSize / 8) return asBits(ordinals);
  const content: number[] = [gaps];
  let last = -1;
  for (const ordinal of ordinals) {
    const gap = ordinal - last - 1;
    if (gap < 0x80) content.push(gap);
    else content.push(0x80 | (gap >> 7), gap & 0x7f);
    last = ordinal;
  }
  return Uint8Array.from(content);
}

function asBits(ordinals: readonly number[]): Uint8Array {
  const content = new Uint8Array(1 + segmentSize / 8);
  content[0] = bits;
  for (const ordinal of ordinals) {
    const at = 1 + (ordinal >> 3);
    content[at] = (content[at] as number) | (1 << (ordinal & 7));
  }
  return content;
}

function decodeOrdinals(row: Uint8Array, from: number, to: number): Ordinals {
  const set = noOrdinals();
  if (row[from] === bits) {
    for (let at = 0; at < segmentSize / 8; at++)
      set[at >> 2] = (set[at >> 2] as number) | ((row[from + 1 + at] as number) << ((at & 3) * 8));
    return set;
  }
  let ordinal = -1;
  for (let at = from + 1; at < to; at++) {
    let gap = row[at] as number;
    if (gap >= 0x80) gap = ((gap & 0x7f) << 7) | (row[++at] as number);
    ordinal += gap + 1;
    set[ordinal >> 5] = (set[ordinal >> 5] as number) | (1 << (ordinal & 31));
  }
  return set;
}
