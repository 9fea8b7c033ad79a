/** Bounds how many failures an address may cause, so that guessing is slow. Successes are never limited, and earn credit back. */
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type Clock, minute } from '../../lib/clock.ts';
import { clientNetwork } from '../client-network.ts';

export type FailureLimit = {
  /** Seconds until the next attempt is welcome; 0 when one is welcome now. */
  retryAfter(clientAddress: string): Promise<number>;
  failed(clientAddress: string): Promise<void>;
  /** Many devices may share an address: one that succeeds outweighs one that fails. */
  succeeded(clientAddress: string): Promise<void>;
};

export function failureLimit(failuresPerMinute: number, clock: Pick<Clock, 'monotonic'>): FailureLimit {
  const limiter = new RateLimiterMemory({ points: failuresPerMinute, duration: 60 });
  // So that a healthy server does not ask the limiter at all. Grows with failing addresses only, and empties with the minute.
  let watched = new Set<string>();
  let previous = new Set<string>();
  let lastTurn = clock.monotonic();
  const isWatched = (network: string) => watched.has(network) || previous.has(network);
  return {
    async retryAfter(address) {
      const network = clientNetwork(address);
      if (!isWatched(network)) return 0;
      const state = await limiter.get(network);
      if (state === null || state.consumedPoints < failuresPerMinute) return 0;
      return Math.max(1, Math.ceil(state.msBeforeNext / 1000));
    },
    async failed(address) {
      const now = clock.monotonic();
      if (now - lastTurn > minute) {
        previous = now - lastTurn > 2 * minute ? new Set() : watched;
        watched = new Set();
        lastTurn = now;
      }
      const network = clientNetwork(address);
      watched.add(network);
      await limiter.penalty(network);
    },
    async succeeded(address) {
      const network = clientNetwork(address);
      if (!isWatched(network)) return;
      const state = await limiter.get(network);
      if (state !== null && state.consumedPoints > 0) await limiter.reward(network);
    },
  };
}
