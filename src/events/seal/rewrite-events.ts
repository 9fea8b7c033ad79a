/**
 * Writes sealed events anew, without a person. In one transaction the rows are replaced, a block of the kind `erasure` commits
 * to what they say now, and the salts of what older blocks say of them are dropped. Events that no block covers yet are
 * replaced too; that the chain has grown tells a sealer that it read them before.
 */
import type { Clock } from '../../lib/clock.ts';
import type { StoredEvent } from './event-text.ts';
import { idsOf, makeBlock, type SealBlock, saltsWithout } from './seal-block.ts';
import type { SealChain, StoredEvents } from './seal-chain.ts';
import { expectHead } from './seal-events.ts';
import type { SealingKey } from './sealing-key.ts';

export type RewriteEventsDeps = {
  readonly chain: Pick<SealChain, 'latest' | 'list' | 'append' | 'covering' | 'replaceSalts'>;
  readonly events: Pick<StoredEvents, 'read' | 'replace'>;
  readonly key: SealingKey;
  readonly by: { readonly clock: Pick<Clock, 'now'>; readonly node: string };
  readonly publish: <T>(work: () => Promise<T>) => Promise<T>;
};

export type RewriteEvents = {
  readonly ids: readonly string[];
  /** The same event when nothing is to be changed. */
  readonly rewrite: (event: StoredEvent) => StoredEvent;
  readonly detail: Readonly<Record<string, unknown>>;
};

const attempts = 50;

/** Answers how many were changed. */
export async function rewriteEvents(deps: RewriteEventsDeps, input: RewriteEvents): Promise<number> {
  const { chain, events, key, by, publish } = deps;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const head = await expectHead(chain);
    const rows = await events.read(input.ids);
    const changed = rows.flatMap((row) => {
      const next = input.rewrite(row);
      return next === row ? [] : [next];
    });
    if (changed.length === 0) return 0;
    const covering = await blocksOver(chain, new Set(changed.map(({ id }) => id)));
    const sealed = new Set(covering.flatMap(idsOf));
    const block = makeBlock(key, {
      kind: 'erasure',
      previous: head,
      sealedAt: by.clock.now(),
      node: by.node,
      events: changed.filter(({ id }) => sealed.has(id)),
      detail: input.detail,
    });
    const done = await publish(async () => {
      if (!(await chain.append(block))) return false;
      await events.replace(changed);
      const dropped = new Set(changed.map(({ id }) => id));
      for (const each of covering) await chain.replaceSalts(each.number, saltsWithout(key, each, dropped));
      return true;
    });
    if (done) return changed.length;
  }
  throw new Error('The chain of the audit log grew at every attempt to write events anew.');
}

/** Every block that says something of one of these events, earlier erasures too. */
async function blocksOver(
  chain: Pick<SealChain, 'covering' | 'list'>,
  ids: ReadonlySet<string>,
): Promise<readonly SealBlock[]> {
  const has = (block: Pick<SealBlock, 'entries'>) => idsOf(block).some((id) => ids.has(id));
  const sorted = [...ids].sort();
  const found: SealBlock[] = [];
  for (const { number, entries } of await chain.covering(sorted[0] ?? '', sorted.at(-1) ?? ''))
    if (has({ entries })) found.push(...(await chain.list(number - 1, 1)));
  for (let after = 0; ; ) {
    const erasures = await chain.list(after, 20, 'erasure');
    found.push(...erasures.filter(has));
    if (erasures.length < 20) return found;
    after = erasures.at(-1)?.number ?? after;
  }
}
