/**
 * Forgets the oldest events: whole blocks from the beginning of the chain with all that they cover, in one transaction with a
 * checkpoint at its end, from which verification begins. An event that was sealed late goes with its block, a little later
 * than its age says.
 */
import type { Clock } from '../../lib/clock.ts';
import { idAt } from '../../lib/ids.ts';
import { idsOf, makeBlock, type SealBlock } from './seal-block.ts';
import type { SealChain, StoredEvents } from './seal-chain.ts';
import { expectHead } from './seal-events.ts';
import type { SealingKey } from './sealing-key.ts';

export type PruneEventsDeps = {
  readonly chain: Pick<SealChain, 'latest' | 'list' | 'append' | 'removeThrough'>;
  readonly events: Pick<StoredEvents, 'read' | 'remove'>;
  readonly key: SealingKey;
  readonly by: { readonly clock: Pick<Clock, 'now'>; readonly node: string };
  /** A transaction that is ours alone (`fence`). */
  readonly publish: <T>(work: () => Promise<T>) => Promise<T>;
};

/** So many events hold the writer for some 10 ms. */
const atOnce = 500;
const blocksAtOnce = 20;

/** One slice of what is older than `before`, in ms. Answers how many events went, null when there is nothing to prune. */
export async function pruneEvents(
  { chain, events, key, by, publish }: PruneEventsDeps,
  { before }: { readonly before: number },
): Promise<number | null> {
  const head = await expectHead(chain);
  const checkpoint = await chain.latest('checkpoint');
  const oldest = await chain.list(Number(checkpoint?.detail.through ?? 0), blocksAtOnce);
  const going = pruned(oldest, head.number, before);
  const last = going.at(-1);
  if (last === undefined) return null;
  const start = going.find(({ kind }) => kind === 'start');
  return publish(async () => {
    const rows = await events.read(going.filter(({ kind }) => kind === 'seal').flatMap(idsOf));
    const unmarked = Number(start?.detail.unmarked ?? checkpoint?.detail.unmarked ?? 0);
    const block = makeBlock(key, {
      kind: 'checkpoint',
      previous: head,
      sealedAt: by.clock.now(),
      node: by.node,
      events: [],
      detail: {
        through: last.number,
        throughMac: last.mac,
        events: Number(checkpoint?.detail.events ?? 0) + rows.length,
        // How many of those from before there were marks remain.
        unmarked: Math.max(0, unmarked - rows.filter(({ mark }) => mark === null).length),
      },
    });
    // Somebody else has added to the chain: the next round goes on.
    if (!(await chain.append(block))) return 0;
    await events.remove(rows);
    await chain.removeThrough(last.number);
    return rows.length;
  });
}

/** Those at the beginning that are old enough in all they cover, as many as one slice takes; never the last of all. */
function pruned(blocks: readonly SealBlock[], lastNumber: number, before: number): readonly SealBlock[] {
  const going: SealBlock[] = [];
  let count = 0;
  for (const block of blocks) {
    const old = block.sealedAt < before && (block.lastId === null || block.lastId < idAt(before));
    if (!old || block.number === lastNumber || (count > 0 && count + block.count > atOnce)) break;
    going.push(block);
    if (block.kind === 'seal') count += block.count;
  }
  // A checkpoint for a few blocks without events would be one more of them.
  return count === 0 && going.length < blocksAtOnce ? [] : going;
}
