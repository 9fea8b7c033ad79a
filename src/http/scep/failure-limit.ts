/**
 * Bounds how many failures an address may cause, so that guessing is slow and work for nothing is rare. One device that
 * keeps failing uses up what its own SCEP address has, not what an office behind the same NAT has (docs/decisions/0017).
 * Successes are never limited, and earn credit back.
 */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Clock, minute } from '../../lib/clock.ts';
import { clientNetwork } from '../client-network.ts';

/** Who asks, and at which SCEP address. */
export type FailureSource = {
  readonly clientAddress: string;
  readonly slug: string;
  readonly deliveryRef: string | null;
};

export type FailureLimit = {
  /** Seconds until the next attempt is welcome; 0 when one is welcome now. */
  retryAfter(source: FailureSource): Promise<number>;
  failed(source: FailureSource): Promise<void>;
  /** Many devices may share an address: one that succeeds outweighs one that fails. */
  succeeded(source: FailureSource): Promise<void>;
};

/** Failures per minute. */
export type FailureLimits = {
  /** Of one client network at one SCEP address: a profile's, or a delivery's. */
  readonly perScepAddress: number;
  /** Of one client network altogether: who makes up addresses of deliveries gets no further than this. */
  readonly perNetwork: number;
};

export function failureLimit(limits: FailureLimits, clock: Pick<Clock, 'monotonic'>): FailureLimit {
  const counters = [
    { ...counter(limits.perNetwork), keyOf: networkOf },
    { ...counter(limits.perScepAddress), keyOf: scepAddressOf },
  ];
  // So that a healthy server does not ask the limiters at all. Grows with failing networks only, and empties with the minute.
  let watched = new Set<string>();
  let previous = new Set<string>();
  let lastTurn = clock.monotonic();
  const isWatched = (source: FailureSource) => watched.has(networkOf(source)) || previous.has(networkOf(source));
  return {
    async retryAfter(source) {
      if (!isWatched(source)) return 0;
      const waits = await Promise.all(counters.map(({ wait, keyOf }) => wait(keyOf(source))));
      return Math.max(...waits);
    },
    async failed(source) {
      const now = clock.monotonic();
      if (now - lastTurn > minute) {
        previous = now - lastTurn > 2 * minute ? new Set() : watched;
        watched = new Set();
        lastTurn = now;
      }
      watched.add(networkOf(source));
      for (const { add, keyOf } of counters) await add(keyOf(source));
    },
    async succeeded(source) {
      if (!isWatched(source)) return;
      for (const { giveBack, keyOf } of counters) await giveBack(keyOf(source));
    },
  };
}

function counter(points: number) {
  const limiter = new RateLimiterMemory({ points, duration: 60 });
  return {
    async wait(key: string): Promise<number> {
      const state = await limiter.get(key);
      if (state === null || state.consumedPoints < points) return 0;
      return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
    },
    async add(key: string): Promise<void> {
      await limiter.penalty(key);
    },
    async giveBack(key: string): Promise<void> {
      const state = await limiter.get(key);
      if (state !== null && state.consumedPoints > 0) await limiter.reward(key);
    },
  };
}

function networkOf({ clientAddress }: FailureSource): string {
  return clientNetwork(clientAddress);
}

/** Neither part holds a space: both stand in a path. */
function scepAddressOf(source: FailureSource): string {
  return `${networkOf(source)} ${encodeURIComponent(source.slug)} ${encodeURIComponent(source.deliveryRef ?? '')}`;
}
