import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Failure } from '../../lib/failure.ts';
import { clientNetwork } from '../client-network.ts';

/** Failed joins per client address: after `points` within `duration` seconds it waits that long. */
export type JoinLimit = {
  /** Throws `Failure` `limited` `too-many-failed-joins` with `retryAfter` in seconds. */
  check(address: string): Promise<void>;
  failed(address: string): Promise<void>;
};

export function joinLimit(points = 10, duration = 600): JoinLimit {
  const limiter = new RateLimiterMemory({ points, duration });
  return {
    async check(address) {
      const known = await limiter.get(clientNetwork(address));
      if (known !== null && known.consumedPoints >= points)
        throw new Failure('limited', 'too-many-failed-joins', 'Too many joins failed from this address. Try later.', {
          retryAfter: Math.ceil(known.msBeforeNext / 1000),
        });
    },
    async failed(address) {
      await limiter.consume(clientNetwork(address)).catch((rejection: unknown) => {
        if (!(rejection instanceof RateLimiterRes)) throw rejection;
      });
    },
  };
}
