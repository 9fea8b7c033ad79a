import type { Clock } from '../lib/clock.ts';

/** Milliseconds per step of one call, in order, to two decimals. */
export type Stopwatch = {
  readonly timings: Readonly<Record<string, number>>;
  /** Ends a step: the time since the last one ended goes to this name. */
  lap(step: string): void;
};

export function stopwatch(clock: Pick<Clock, 'monotonic'>): Stopwatch {
  const timings: Record<string, number> = {};
  let last = clock.monotonic();
  return {
    timings,
    lap(step) {
      const now = clock.monotonic();
      timings[step] = Math.round(((timings[step] ?? 0) + now - last) * 100) / 100;
      last = now;
    },
  };
}
