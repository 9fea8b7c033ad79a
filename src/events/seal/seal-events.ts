/**
 * Covers events that no block covers yet. Order of ids is not order of commits: what commits late is found when its range of
 * ids is looked through again. Who else adds to the chain meanwhile, an erasure or a second sealer, takes the number of our
 * block, and we look again: no row is covered twice, and none as it was before an erasure.
 */
import type { Clock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { nextTask } from '../../lib/next-task.ts';
import { idsOf, makeBlock, type SealBlock, type SealHead } from './seal-block.ts';
import type { SealChain, StoredEvents } from './seal-chain.ts';
import type { SealingKey } from './sealing-key.ts';

export type SealEventsDeps = {
  readonly chain: Pick<SealChain, 'latest' | 'append' | 'covering'>;
  readonly events: Pick<StoredEvents, 'idsAfter' | 'read'>;
  readonly key: SealingKey;
  readonly by: { readonly clock: Pick<Clock, 'now'>; readonly node: string };
  /** A transaction that is ours alone (`fence`). */
  readonly publish: <T>(work: () => Promise<T>) => Promise<T>;
};

export type Sealed = { readonly events: number; readonly blocks: number; readonly head: SealHead };

/** Rows of a block: some 2 ms of work, after which others have their turn. */
export const rowsPerBlock = 250;
/** Ids that are looked up at a time. */
const stride = 2000;

/** Looks at all events with an id above `after`. Failure `audit-chain-missing`, `lease-lost`. */
export async function sealEvents(deps: SealEventsDeps, { after }: { readonly after: string }): Promise<Sealed> {
  const { chain, events } = deps;
  let sealed: Sealed = { events: 0, blocks: 0, head: await expectHead(chain) };
  for await (const uncovered of uncoveredEvents({ chain, events }, after)) {
    for (let at = 0; at < uncovered.length; at += rowsPerBlock) {
      const block = await appendBlock(deps, sealed.head, uncovered.slice(at, at + rowsPerBlock));
      if (block === null) return sealed;
      sealed = { events: sealed.events + block.count, blocks: sealed.blocks + 1, head: block };
      await nextTask();
    }
  }
  return sealed;
}

/** Null: somebody else has added to the chain, and what was found uncovered may be so no more. The next round goes on. */
async function appendBlock(
  deps: SealEventsDeps,
  previous: SealHead,
  ids: readonly string[],
): Promise<SealBlock | null> {
  const { chain, events, key, by, publish } = deps;
  const rows = await events.read(ids);
  const block = makeBlock(key, {
    kind: 'seal',
    previous,
    sealedAt: by.clock.now(),
    node: by.node,
    events: rows,
    detail: {},
  });
  return (await publish(() => chain.append(block))) ? block : null;
}

/** Ids of events above `after` that no block covers, some at a time. */
export async function* uncoveredEvents(
  { chain, events }: { readonly chain: Pick<SealChain, 'covering'>; readonly events: Pick<StoredEvents, 'idsAfter'> },
  after: string,
): AsyncGenerator<readonly string[]> {
  for (let cursor = after; ; ) {
    const ids = await events.idsAfter(cursor, stride);
    const first = ids[0];
    const last = ids.at(-1);
    if (first === undefined || last === undefined) return;
    const covered = new Set<string>();
    for (const block of await chain.covering(first, last)) for (const id of idsOf(block)) covered.add(id);
    yield ids.filter((id) => !covered.has(id));
    if (ids.length < stride) return;
    cursor = last;
    await nextTask();
  }
}

/** A chain begins with its key and never anew: a second beginning would hide that the first is gone. */
export async function expectHead(chain: Pick<SealChain, 'latest'>): Promise<SealHead> {
  const head = await chain.latest();
  if (head !== null) return head;
  throw new Failure(
    'misconfigured',
    'audit-chain-missing',
    'The seals over the events are gone: somebody removed them. Restore the table audit_block from a backup; the events themselves are still marked, which bin/scepward audit verify checks.',
  );
}
