import type { Clock } from '../lib/clock.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Traffic } from '../lib/traffic.ts';

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

/** Each batch waits for the disk once: fewer devices would mostly wait. */
const smallest = 16;
const largest = 500;
/** ms after the last request in which the next one is reckoned with. */
const recent = 1000;
/** How much longer batches are while nobody calls: who then comes waits once. */
const alone = 10;
/** What others have for each millisecond of a batch while they are reckoned with; and the most until the next one begins. */
const othersShare = 3;
const mostShare = 6;

/**
 * As long as requests come, batches take about `aim` ms, so that nobody waits long for one to end; others have the process for
 * three times as long after each, and the next one begins when no request is under way. Else they are longer and go on at once.
 */
export function consideratePace(
  clock: Pick<Clock, 'monotonic'>,
  traffic: Pick<Traffic, 'underWay' | 'quietFor'>,
  aim: number,
): ReconcilePace {
  const isAlone = () => traffic.underWay() === 0 && traffic.quietFor() >= recent;
  /** ms. */
  let perDevice = aim / smallest;
  return {
    size() {
      const fitting = Math.round((isAlone() ? alone * aim : aim) / perDevice);
      return Math.min(largest, Math.max(smallest, fitting));
    },
    async rest(devices, took) {
      // A batch of few says nothing of a full one; one that had to wait for somebody says little.
      if (devices >= smallest) {
        const latest = Math.min(2 * perDevice, Math.max(perDevice / 2, took / devices));
        perDevice = (perDevice + latest) / 2;
      }
      const began = clock.monotonic();
      // Twice: what has come in during the batch is heard of in the first.
      await nextTask();
      await nextTask();
      for (;;) {
        const rested = clock.monotonic() - began;
        if (isAlone() || (traffic.underWay() === 0 && rested >= othersShare * took)) return;
        if (rested >= mostShare * took) return;
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    },
  };
}
