import { performance as loop } from 'node:perf_hooks';
import type { Clock } from '../lib/clock.ts';
import { nextTask } from '../lib/next-task.ts';

/** How many devices are reconciled at once, and how long others have their turn in between. */
export type ReconcilePace = {
  size(): number;
  /** After a batch of `devices` that took `took` ms. */
  rest(devices: number, took: number): Promise<void>;
};

/** The same number always, and a moment for whoever waits. */
export function steadyPace(size: number): ReconcilePace {
  return { size: () => size, rest: nextTask };
}

const smallest = 5;
const largest = 500;
/** Share of the time in which the process works from which on somebody else is taken to need it. */
const busy = 0.1;
/** What others get, as long as they use it, for each millisecond of a batch. */
const othersShare = 1.3;

/**
 * Batches that take about `aim` ms, so that nobody waits long for one to end; and after each somewhat more time for others than
 * it took, as long as they use it.
 */
export function consideratePace(clock: Pick<Clock, 'monotonic'>, aim: number): ReconcilePace {
  let size = 20;
  return {
    size: () => size,
    async rest(devices, took) {
      // A batch that was not full says nothing of a full one.
      if (devices >= size) size = Math.min(largest, Math.max(smallest, Math.round((size * aim) / Math.max(took, 1))));
      const until = clock.monotonic() + othersShare * took;
      for (;;) {
        const before = loop.eventLoopUtilization();
        await new Promise((resolve) => setTimeout(resolve, 1));
        if (clock.monotonic() >= until || loop.eventLoopUtilization(before).utilization < busy) return;
      }
    },
  };
}
