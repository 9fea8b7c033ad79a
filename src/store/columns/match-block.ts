import { noOrdinals, type Ordinals } from '../search/postings.ts';
import type { Block } from './block.ts';

/** What a certificate has to be, by its columns. Times are ms; `from` is included and `before` is not. */
export type BlockFilter = {
  /** By number, those that are meant; null: any. */
  readonly profiles: Uint8Array | null;
  /** Numbers; null: any. */
  readonly user: number | null;
  readonly device: number | null;
  readonly revoked: boolean | null;
  readonly latest: boolean | null;
  readonly ends: Span;
  readonly issued: Span;
  /** Null: everything. */
  readonly visible: Visible | null;
};

/** By number; finite: it is there, or seen. A certificate is seen with its device, and once that is gone with its profile. */
export type Visible = {
  readonly there: Float64Array;
  readonly devices: Float64Array;
  readonly profiles: Float64Array;
};

export type Span = { readonly from: number; readonly before: number };

export const anyTime: Span = { from: Number.NEGATIVE_INFINITY, before: Number.POSITIVE_INFINITY };

export const anything: BlockFilter = {
  profiles: null,
  user: null,
  device: null,
  revoked: null,
  latest: null,
  ends: anyTime,
  issued: anyTime,
  visible: null,
};

/** Those of the block that are there and as asked. */
export function matchBlock(block: Block, filter: BlockFilter): Ordinals {
  const { size, alive, latest } = block;
  const set = noOrdinals();
  for (let word = 0; word * 32 < size; word++) {
    const those = (latest[word] as number) ^ (filter.latest === false ? -1 : 0);
    set[word] = (alive[word] as number) & (filter.latest === null ? -1 : those);
  }
  const { profiles, user, device, revoked, ends, issued, visible } = filter;
  if (profiles !== null) keep(set, size, (at) => profiles[block.profiles[at] as number] === 1);
  if (user !== null) keep(set, size, (at) => block.users[at] === user);
  if (device !== null) keep(set, size, (at) => block.devices[at] === device);
  if (revoked !== null) keep(set, size, (at) => Number.isFinite(block.revoked[at]) === revoked);
  if (visible !== null) keep(set, size, (at) => isVisible(block, at, visible));
  keepWithin(set, block.ends, ends);
  keepWithin(set, block.issued, issued);
  return set;
}

/** What belongs to nobody may be; who came since then, too: rows decide. */
function isVisible({ devices, profiles }: Block, at: number, visible: Visible): boolean {
  const [device, profile] = [devices[at] as number, profiles[at] as number];
  if (device === 0 && profile === 0) return true;
  const there = visible.there[device] ?? 0;
  return Number.isFinite(Number.isFinite(there) ? (visible.devices[device] ?? 0) : (visible.profiles[profile] ?? 0));
}

function keepWithin(set: Ordinals, times: Float64Array, { from, before }: Span): void {
  if (from === anyTime.from && before === anyTime.before) return;
  keep(set, times.length, (at) => (times[at] as number) >= from && (times[at] as number) < before);
}

function keep(set: Ordinals, size: number, isMeant: (ordinal: number) => boolean): void {
  for (let word = 0; word * 32 < size; word++) {
    let kept = set[word] as number;
    for (let rest = kept; rest !== 0; rest &= rest - 1) {
      const bit = rest & -rest;
      if (!isMeant(word * 32 + 31 - Math.clz32(bit))) kept &= ~bit;
    }
    set[word] = kept;
  }
}
