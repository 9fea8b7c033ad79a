import type { Clock } from './clock.ts';

/** Who uses this process now: for work in the background, which gives way to them. */
export type Traffic = {
  /** Somebody came; the function that it answers is called once they have been served. */
  begin(): () => void;
  /** How many are being served. */
  underWay(): number;
  /** Milliseconds since somebody last came or was served. */
  quietFor(): number;
};

export function createTraffic(clock: Pick<Clock, 'monotonic'>): Traffic {
  let serving = 0;
  let last = Number.NEGATIVE_INFINITY;
  return {
    begin() {
      let served = false;
      serving += 1;
      last = clock.monotonic();
      return () => {
        if (served) return;
        served = true;
        serving -= 1;
        last = clock.monotonic();
      };
    },
    underWay: () => serving,
    quietFor: () => clock.monotonic() - last,
  };
}
