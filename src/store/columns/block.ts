/**
 * Up to `segmentSize` certificates, in the order of their ids, by what lists filter and sort them by: a column each, in
 * memory. A million certificates take about 80 MB.
 */
import { noOrdinals, type Ordinals } from '../search/postings.ts';
import type { SearchableCertificate } from '../searchable-certificates.ts';
import { IdNumbers } from './id-numbers.ts';
import { idWords, isNoId, readId, wordsPerId, writeId } from './id-words.ts';

/** What is sorted by its text, which stays in the store: the column holds the order within the block. */
export const textSorts = ['subject', 'serial'] as const;
export type TextSort = (typeof textSorts)[number];

export type Block = {
  readonly size: number;
  /** Whose postings and texts the index has; null: it has none yet. */
  readonly segment: number | null;
  readonly ids: Uint32Array;
  /** Their numbers; 0 is none. */
  readonly devices: Uint32Array;
  readonly users: Uint32Array;
  readonly profiles: Uint32Array;
  /** Ids of the certificate that each took the place of. */
  readonly previous: Uint32Array;
  /** ms */
  readonly ends: Float64Array;
  readonly issued: Float64Array;
  /** ms; infinite: it is not. Kept up to date. */
  readonly revoked: Float64Array;
  /** Those that no other has taken the place of. Kept up to date. */
  readonly latest: Ordinals;
  /** Those that are not deleted. Kept up to date. */
  readonly alive: Ordinals;
  /** What a search compares, while the index does not have it. */
  readonly searchable: readonly SearchableCertificate[] | null;
  /** Ordinals in the order of that text; made when they are first needed if they are not kept. */
  readonly orders: Partial<Record<TextSort, Uint16Array>>;
  /** Every so many texts in that order. */
  readonly landmarks: Partial<Record<TextSort, readonly string[]>>;
};

export type Numbers = { readonly devices: IdNumbers; readonly users: IdNumbers; readonly profiles: IdNumbers };

export function newNumbers(): Numbers {
  return { devices: new IdNumbers(), users: new IdNumbers(), profiles: new IdNumbers() };
}

/** In the order of their ids. */
export function blockOfRows(rows: readonly SearchableCertificate[], numbers: Numbers, segment: number | null): Block {
  const block = emptyBlock(rows.length, segment, segment === null ? rows : null);
  const one = idWords(1);
  const numberOf = (of: IdNumbers, id: string | null) => {
    writeId(one, 0, id);
    return of.numberOf(one, 0);
  };
  for (const [at, row] of rows.entries()) {
    writeId(block.ids, at, row.id);
    writeId(block.previous, at, row.previousId);
    block.devices[at] = numberOf(numbers.devices, row.deviceId);
    block.users[at] = numberOf(numbers.users, row.userId);
    block.profiles[at] = numberOf(numbers.profiles, row.profileId);
    block.ends[at] = row.notAfter;
    block.issued[at] = row.issuedAt;
    block.revoked[at] = row.revokedAt ?? Number.POSITIVE_INFINITY;
  }
  return startOut(block);
}

/** A block of these, which ascend by id; at most `segmentSize`. */
export function gathered(some: readonly (readonly [of: Block, at: number])[]): Block {
  const searchable = some.map(([of, at]) => of.searchable?.[at]);
  const known = searchable.every((each) => each !== undefined);
  const block = emptyBlock(some.length, null, known ? searchable : null);
  for (const [to, [of, at]] of some.entries()) {
    const words = [at * wordsPerId, (at + 1) * wordsPerId] as const;
    block.ids.set(of.ids.subarray(...words), to * wordsPerId);
    block.previous.set(of.previous.subarray(...words), to * wordsPerId);
    for (const column of ['devices', 'users', 'profiles', 'ends', 'issued', 'revoked'] as const)
      block[column][to] = of[column][at] as number;
    if (has(of.latest, at)) put(block.latest, to);
    if (has(of.alive, at)) put(block.alive, to);
  }
  return block;
}

export function idAt(block: Block, ordinal: number): string {
  return readId(block.ids, ordinal);
}

export function has(set: Ordinals, ordinal: number): boolean {
  return ((set[ordinal >> 5] as number) & (1 << (ordinal & 31))) !== 0;
}

export function put(set: Ordinals, ordinal: number): void {
  set[ordinal >> 5] = (set[ordinal >> 5] as number) | (1 << (ordinal & 31));
}

export function drop(set: Ordinals, ordinal: number): void {
  set[ordinal >> 5] = (set[ordinal >> 5] as number) & ~(1 << (ordinal & 31));
}

function emptyBlock(
  size: number,
  segment: number | null,
  searchable: readonly SearchableCertificate[] | null = null,
): Block {
  return {
    size,
    segment,
    ids: idWords(size),
    devices: new Uint32Array(size),
    users: new Uint32Array(size),
    profiles: new Uint32Array(size),
    previous: idWords(size),
    ends: new Float64Array(size),
    issued: new Float64Array(size),
    revoked: new Float64Array(size).fill(Number.POSITIVE_INFINITY),
    latest: noOrdinals(),
    alive: noOrdinals(),
    searchable,
    orders: {},
    landmarks: {},
  };
}

/** Until something else is known they are there, and those of a profile are the latest. */
function startOut(block: Block): Block {
  for (let at = 0; at < block.size; at++) {
    put(block.alive, at);
    if (block.profiles[at] !== 0) put(block.latest, at);
  }
  return block;
}

/** As the store keeps a block: octets, numbers with the highest first, one column after the other. */
const idColumns = ['ids', 'devices', 'users', 'profiles', 'previous'] as const;
const octetsPerCertificate = idColumns.length * 16 + 2 * 8 + textSorts.length * 2;

export function encodeColumns(rows: readonly SearchableCertificate[]): Uint8Array {
  const { length } = rows;
  const content = new Uint8Array(length * octetsPerCertificate);
  const view = new DataView(content.buffer);
  let octet = 0;
  const words = idWords(1);
  for (const column of ['id', 'deviceId', 'userId', 'profileId', 'previousId'] as const)
    for (const row of rows) {
      writeId(words, 0, row[column]);
      for (const word of words) {
        view.setUint32(octet, word);
        octet += 4;
      }
    }
  for (const column of ['notAfter', 'issuedAt'] as const)
    for (const row of rows) {
      view.setFloat64(octet, row[column]);
      octet += 8;
    }
  for (const sort of textSorts)
    for (const ordinal of orderOf(rows.map((row) => row[sort]))) {
      view.setUint16(octet, ordinal);
      octet += 2;
    }
  return content;
}

export function decodeColumns(content: Uint8Array, numbers: Numbers, segment: number): Block {
  const size = Math.floor(content.length / octetsPerCertificate);
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const block = emptyBlock(size, segment);
  const words = idWords(size);
  let octet = 0;
  for (const column of idColumns) {
    const into = column === 'ids' || column === 'previous' ? block[column] : words;
    for (let at = 0; at < into.length; at++, octet += 4) into[at] = view.getUint32(octet);
    if (column === 'ids' || column === 'previous') continue;
    for (let at = 0; at < size; at++) block[column][at] = numbers[column].numberOf(words, at);
  }
  for (const column of ['ends', 'issued'] as const)
    for (let at = 0; at < size; at++, octet += 8) block[column][at] = view.getFloat64(octet);
  for (const sort of textSorts) {
    const order = new Uint16Array(size);
    for (let at = 0; at < size; at++, octet += 2) order[at] = view.getUint16(octet);
    block.orders[sort] = order;
  }
  return startOut(block);
}

/** Of texts as JavaScript compares them; what is equal stays in its order. */
export function orderOf(texts: readonly string[]): Uint16Array {
  const compare = (a: number, b: number) => {
    const [one, other] = [texts[a] as string, texts[b] as string];
    return one < other ? -1 : one > other ? 1 : a - b;
  };
  return Uint16Array.from(texts.keys()).sort(compare);
}

export function hasPrevious(block: Block, ordinal: number): boolean {
  return !isNoId(block.previous, ordinal);
}
