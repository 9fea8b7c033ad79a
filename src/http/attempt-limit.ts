import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Failure } from '../lib/failure.ts';
import { clientNetwork } from './client-network.ts';

/** Failed attempts per client network: after `points` within `duration` seconds it waits that long. */
export type AttemptLimit = {
  /** Throws `Failure` `limited` with the code it was made with and `retryAfter` in seconds. */
  check(address: string): Promise<void>;
  failed(address: string): Promise<void>;
};

export function attemptLimit(options: {
  readonly code: string;
  /** What failed too often, in the plural: `joins`. */
  readonly what: string;
  readonly points?: number;
  readonly duration?: number;
}): AttemptLimit {
  const { code, what, points = 10, duration = 600 } = options;
  const limiter = new RateLimiterMemory({ points, duration });
  return {
    async check(address) {
      const known = await limiter.get(clientNetwork(address));
      if (known !== null && known.consumedPoints >= points)
        throw new Failure('limited', code, `Too many ${what} failed from this address. Try later.`, {
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
