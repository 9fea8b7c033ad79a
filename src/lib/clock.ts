/** Time as the product sees it. Tests pass a fake one; nothing else in `src` calls `Date.now`. */
export type Clock = {
  /** Milliseconds since the Unix epoch, UTC, an integer. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go back; for durations. */
  monotonic(): number;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};

export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
