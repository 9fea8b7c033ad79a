/**
 * A link of the chain over the events: which rows it covers, with a commitment to each, under the MAC of the audit key, which
 * covers the MAC of the block before. docs/decisions/0020 says why it is made so.
 */
import { eventText, type StoredEvent } from './event-text.ts';
import type { SealingKey } from './sealing-key.ts';

/**
 * `start`: the key was made. `seal`: rows that no block covered. `erasure`: rows that a person was taken out of; what an
 * earlier block says of them counts no more. `checkpoint`: the blocks up to `detail.through` are gone, with their rows.
 */
export type BlockKind = 'start' | 'seal' | 'erasure' | 'checkpoint';

export type SealBlock = {
  /** 1, 2, 3 … without gaps. */
  readonly number: number;
  readonly kind: BlockKind;
  /** The MAC of the block before; empty for the first. */
  readonly previous: string;
  readonly mac: string;
  readonly sealedAt: number;
  readonly node: string;
  readonly count: number;
  /** Least and greatest id that it covers. */
  readonly firstId: string | null;
  readonly lastId: string | null;
  /** Of `entries`. */
  readonly digest: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** A line `<event id> <leaf>` for each row. */
  readonly entries: string;
  /** The salts are made from it; null once one of them has been dropped. */
  readonly seed: string | null;
  /** Then they are here, in the order of `entries`, `-` for one that was dropped. */
  readonly salts: string | null;
};

export type BlockEntry = {
  readonly id: string;
  readonly leaf: string /** Null: dropped. */;
  readonly salt: string | null;
};

/** Number and MAC of the last block. Whoever keeps it elsewhere can tell later that nothing before was touched. */
export type SealHead = { readonly number: number; readonly mac: string };

type Contents = {
  readonly kind: BlockKind;
  readonly previous: SealHead | null;
  readonly sealedAt: number;
  readonly node: string;
  readonly events: readonly StoredEvent[];
  readonly detail: Readonly<Record<string, unknown>>;
};

/** The next block after `previous`. */
export function makeBlock(key: SealingKey, { kind, previous, sealedAt, node, events, detail }: Contents): SealBlock {
  const seed = events.length === 0 ? null : key.newSeed();
  const lines = events.map((event) =>
    seed === null ? '' : `${event.id} ${key.leaf(key.salt(seed, event.id), eventText(event))}`,
  );
  const ids = events.map(({ id }) => id).sort();
  const entries = lines.join('\n');
  const unsigned = {
    number: (previous?.number ?? 0) + 1,
    kind,
    previous: previous?.mac ?? '',
    sealedAt,
    node,
    count: events.length,
    firstId: ids[0] ?? null,
    lastId: ids.at(-1) ?? null,
    digest: key.digest(entries),
    detail,
  };
  return { ...unsigned, mac: key.mac(headerText(unsigned)), entries, seed, salts: null };
}

/** What the MAC covers: all but the salts, which may be dropped. */
export function headerText(block: Omit<SealBlock, 'mac' | 'entries' | 'seed' | 'salts'>): string {
  const { number, kind, previous, sealedAt, node, count, firstId, lastId, digest, detail } = block;
  return `scepward audit block 1\n${JSON.stringify([number, kind, previous, sealedAt, node, count, firstId, lastId, digest, detail])}`;
}

export function entriesOf(key: Pick<SealingKey, 'salt'>, block: SealBlock): BlockEntry[] {
  if (block.entries === '') return [];
  const kept = block.salts?.split('\n');
  return block.entries.split('\n').map((line, at) => {
    const [id = '', leaf = ''] = line.split(' ');
    const salt = block.seed === null ? (kept?.[at] ?? '-') : key.salt(block.seed, id);
    return { id, leaf, salt: salt === '-' ? null : salt };
  });
}

/** The salts of a block without those of the given events. */
export function saltsWithout(key: Pick<SealingKey, 'salt'>, block: SealBlock, dropped: ReadonlySet<string>): string {
  return entriesOf(key, block)
    .map(({ id, salt }) => (dropped.has(id) ? '-' : (salt ?? '-')))
    .join('\n');
}

export function idsOf({ entries }: Pick<SealBlock, 'entries'>): string[] {
  return entries === '' ? [] : entries.split('\n').map((line) => line.slice(0, line.indexOf(' ')));
}

export function headText({ number, mac }: SealHead): string {
  return `${number}:${mac}`;
}

/** Undefined for what is no head. */
export function parseHead(text: string): SealHead | undefined {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text.trim());
  return match === null ? undefined : { number: Number(match[1]), mac: match[2] ?? '' };
}
