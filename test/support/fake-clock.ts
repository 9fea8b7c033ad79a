import type { Clock } from '../../src/lib/clock.ts';

/** A clock that stands still until it is moved. */
export type FakeClock = Clock & { advance(milliseconds: number): void };

/** Begins on 1 November 2026 unless told otherwise. */
export function fakeClock(start: number = Date.UTC(2026, 10, 1)): FakeClock {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now - start,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}
