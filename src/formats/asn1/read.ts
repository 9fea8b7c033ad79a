import { type Budget, budgetFor, spend } from './budget.ts';
import { type Leniency, strict } from './leniency.ts';
import { malformed, tooLarge } from './malformed.ts';
import { tagName } from './tag.ts';

/** What one parse shares: the bytes, what is tolerated, and what is left of the budget. */
export type Asn1Source = {
  readonly bytes: Uint8Array;
  readonly leniency: Leniency;
  readonly budget: Budget;
  readonly maxDepth: number;
  /**
   * Where indefinite-length elements end, found once: content start → offset of the end-of-contents octets. Null while
   * there was none, as in all of DER.
   */
  ends: Map<number, number> | null;
};

/** One element, as a view: nothing inside has been looked at yet. Offsets count from the start of `source.bytes`. */
export type Asn1Node = {
  readonly source: Asn1Source;
  /** The identifier octet. */
  readonly tag: number;
  readonly start: number;
  /** Contents are `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** After the element, including end-of-contents octets. */
  readonly end: number;
  readonly depth: number;
};

/** A place inside a constructed element; `next` and `optional` move it forward. */
export type Asn1Cursor = {
  readonly source: Asn1Source;
  readonly to: number;
  readonly depth: number;
  at: number;
};

export type Asn1Options = {
  readonly leniency?: Leniency;
  /** Share it between parses of parts of one input. Default: one of its own, in proportion to the input. */
  readonly budget?: Budget;
  /** Bytes; larger input is refused before it is looked at. Default 16 MiB. */
  readonly maxBytes?: number;
  /** Levels of nesting. Default 32. */
  readonly maxDepth?: number;
};

/** Exactly one element that fills `bytes`. Throws `Failure` `malformed` or `too-large`, with `params.offset`. */
export function parseAsn1(bytes: Uint8Array, options: Asn1Options = {}): Asn1Node {
  const cursor = openBytes(bytes, options);
  const node = nextAny(cursor, 'a value');
  finish(cursor, 'the value');
  return node;
}

/** A cursor over elements that stand one after the other in `bytes`. */
export function openBytes(bytes: Uint8Array, options: Asn1Options = {}): Asn1Cursor {
  if (bytes.length > (options.maxBytes ?? 16 * 1024 * 1024))
    throw tooLarge('asn1-too-large', `The input of ${bytes.length} bytes is larger than allowed here.`, 0);
  const source: Asn1Source = {
    bytes,
    leniency: options.leniency ?? strict,
    budget: options.budget ?? budgetFor(bytes.length),
    maxDepth: options.maxDepth ?? 32,
    ends: null,
  };
  return { source, at: 0, to: bytes.length, depth: 0 };
}

/** A cursor over the contents of a constructed element. `what` names the element in messages. */
export function open(node: Asn1Node, what: string): Asn1Cursor {
  if ((node.tag & 0x20) === 0)
    throw malformed('asn1-not-constructed', `${what}: ${tagName(node.tag)} has no elements inside.`, node.start);
  return { source: node.source, at: node.from, to: node.to, depth: node.depth + 1 };
}

export function atEnd(cursor: Asn1Cursor): boolean {
  return cursor.at >= cursor.to;
}

/** The identifier octet of the next element, or -1 at the end. */
export function peekTag(cursor: Asn1Cursor): number {
  return cursor.at < cursor.to ? (cursor.source.bytes[cursor.at] as number) : -1;
}

/** The next element, which must carry this identifier octet. */
export function next(cursor: Asn1Cursor, tag: number, what: string): Asn1Node {
  const found = peekTag(cursor);
  if (found !== tag)
    throw malformed('asn1-unexpected', `${what}: expected ${tagName(tag)}, found ${tagName(found)}.`, cursor.at);
  return nextAny(cursor, what);
}

/** The next element if it carries this identifier octet; otherwise the cursor stays. */
export function optional(cursor: Asn1Cursor, tag: number): Asn1Node | undefined {
  return peekTag(cursor) === tag ? nextAny(cursor, tagName(tag)) : undefined;
}

export function nextAny(cursor: Asn1Cursor, what: string): Asn1Node {
  if (cursor.at >= cursor.to) throw malformed('asn1-missing', `${what} is missing.`, cursor.at);
  const node = readHeader(cursor.source, cursor.at, cursor.to, cursor.depth);
  cursor.at = node.end;
  return node;
}

/** Refuses what is left over. */
export function finish(cursor: Asn1Cursor, what: string): void {
  if (cursor.at < cursor.to)
    throw malformed('asn1-left-over', `${cursor.to - cursor.at} bytes are left over after ${what}.`, cursor.at);
}

/** All elements inside a constructed element. */
export function children(node: Asn1Node, what: string): Asn1Node[] {
  const cursor = open(node, what);
  const nodes: Asn1Node[] = [];
  while (cursor.at < cursor.to) nodes.push(nextAny(cursor, what));
  return nodes;
}

/** The whole element as it stands in the input; a view. */
export function rawBytes(node: Asn1Node): Uint8Array {
  return node.source.bytes.subarray(node.start, node.end);
}

/** The contents as they stand in the input; a view. */
export function contentBytes(node: Asn1Node): Uint8Array {
  return node.source.bytes.subarray(node.from, node.to);
}

function readHeader(source: Asn1Source, start: number, limit: number, depth: number): Asn1Node {
  spend(source.budget, 1, start);
  if (depth > source.maxDepth)
    throw tooLarge('asn1-too-deep', `Elements are nested more than ${source.maxDepth} deep.`, start);
  const { bytes } = source;
  const tag = bytes[start] as number;
  if ((tag & 0x1f) === 0x1f) throw malformed('asn1-high-tag', 'Tag numbers above 30 are not used here.', start);
  if (tag === 0)
    throw malformed('asn1-end-of-contents', 'End-of-contents octets stand where an element should be.', start);
  if (start + 1 >= limit) throw truncated(start);
  const first = bytes[start + 1] as number;
  let from = start + 2;
  let length = first;
  if (first === 0x80) {
    const to = findEnd(source, tag, start, limit, depth);
    return { source, tag, start, from, to, end: to + 2, depth };
  }
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 4) throw malformed('asn1-length', 'A length has more than four bytes.', start);
    if (from + count > limit) throw truncated(start);
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from + i] as number);
    if ((length < 0x80 || length < 256 ** (count - 1)) && !source.leniency.nonMinimalLength)
      throw malformed('asn1-non-minimal-length', 'A length takes more bytes than it needs, which DER forbids.', start);
    from += count;
  }
  const to = from + length;
  if (to > limit) throw truncated(start);
  return { source, tag, start, from, to, end: to, depth };
}

function truncated(offset: number) {
  return malformed('asn1-truncated', 'An element reaches beyond the end of what contains it.', offset);
}

/** Offset of the end-of-contents octets. Ends are remembered, so that nesting costs each element one visit only. */
function findEnd(source: Asn1Source, tag: number, start: number, limit: number, depth: number): number {
  if (!source.leniency.indefiniteLength)
    throw malformed('asn1-indefinite-length', 'An element has indefinite length, which DER forbids.', start);
  if ((tag & 0x20) === 0)
    throw malformed('asn1-indefinite-primitive', 'A primitive element has indefinite length.', start);
  source.ends ??= new Map();
  const known = source.ends.get(start);
  if (known !== undefined) return known;
  const { bytes } = source;
  let at = start + 2;
  while (at + 1 < limit) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) {
      source.ends.set(start, at);
      return at;
    }
    at = readHeader(source, at, limit, depth + 1).end;
  }
  throw truncated(start);
}
