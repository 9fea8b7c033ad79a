import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { ActivitySource, ActivityStore } from './activity-store.ts';
import { settledBefore } from './settled-before.ts';

/**
 * Counts what has happened since the last time, after the fact. May run on several nodes: of two that count the same, one
 * is stored. What is not counted yet, reports read from the events.
 */
export async function countActivity(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly source: Pick<ActivitySource, 'next'>;
    readonly activity: ActivityStore;
  },
  input: { readonly store: 'sqlite' | 'postgres'; readonly most?: number },
): Promise<number> {
  const before = settledBefore(input.store, deps.clock.now());
  let done = 0;
  while (done < (input.most ?? Number.POSITIVE_INFINITY)) {
    const counted = await deps.source.next(before);
    if (counted === null) break;
    if (!(await deps.transact(() => deps.activity.add(counted)))) break;
    done++;
  }
  return done;
}
