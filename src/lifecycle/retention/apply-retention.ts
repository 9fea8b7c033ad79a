import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { type Clock, day } from '../../lib/clock.ts';
import { nextTask } from '../../lib/next-task.ts';
import type { ExpiredRecords } from './expired-records.ts';
import { type Retention, type RetentionStore, retentionNames } from './retention.ts';

export type ApplyRetentionDeps = {
  readonly retention: Pick<RetentionStore, 'get'>;
  readonly expired: ExpiredRecords;
  /** One slice of events from before that time; null when there are none left. */
  readonly pruneEvents: (before: number) => Promise<number | null>;
  readonly events: Pick<EventLog, 'append'>;
  readonly by: {
    readonly clock: Pick<Clock, 'now'>;
    /** A transaction that is ours alone (`fence`). */
    readonly publish: <T>(work: () => Promise<T>) => Promise<T>;
  };
};

/** How many of each went. */
export type Pruned = Retention;

const atOnce = 200;

/**
 * Removes what is older than the settings say, each slice in a transaction of its own, so that who is stopped in the middle has
 * done what it has done. Failure `lease-lost`.
 */
export async function applyRetention(deps: ApplyRetentionDeps, { cause }: { readonly cause: Cause }): Promise<Pruned> {
  const settings = await deps.retention.get();
  const pruned = { events: 0, scepTransactions: 0, challenges: 0, certificates: 0 };
  for (const name of retentionNames) {
    if (settings[name] === 0) continue;
    const before = deps.by.clock.now() - settings[name] * day;
    for (;;) {
      const count = await slice(deps, name, before);
      if (count === null) break;
      pruned[name] += count;
      await nextTask();
    }
  }
  if (retentionNames.some((name) => pruned[name] > 0))
    await deps.by.publish(() => deps.events.append([{ type: 'audit.pruned', cause, subjects: [], data: { pruned } }]));
  return pruned;
}

async function slice({ expired, pruneEvents, by }: ApplyRetentionDeps, name: keyof Retention, before: number) {
  if (name === 'events') return pruneEvents(before);
  const count = await by.publish(() => expired[name](before, atOnce));
  return count === 0 ? null : count;
}
