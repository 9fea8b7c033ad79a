/** Probes make this server call others: few at a time, and few in a minute. */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Failure } from '../../lib/failure.ts';

export type ProbeLimit = {
  /** `caller`: id of the token that asks. Throws `Failure` `limited`, code `too-many-probes`, with `retryAfter` in seconds. */
  run<T>(caller: string, probe: () => Promise<T>): Promise<T>;
};

export function probeLimit({ perMinute = 10, atOnce = 2 } = {}): ProbeLimit {
  const limiter = new RateLimiterMemory({ points: perMinute, duration: 60 });
  let running = 0;
  return {
    async run(caller, probe) {
      if (running >= atOnce) throw tooMany(10);
      running++;
      try {
        await limiter.consume(caller).catch((rejection: unknown) => {
          if (!(rejection instanceof RateLimiterRes)) throw rejection;
          throw tooMany(Math.max(1, Math.ceil(rejection.msBeforeNext / 1000)));
        });
        return await probe();
      } finally {
        running--;
      }
    },
  };
}

function tooMany(retryAfter: number): Failure {
  return new Failure(
    'limited',
    'too-many-probes',
    `Other servers are probed too often. Try again in ${retryAfter} s.`,
    {
      retryAfter,
    },
  );
}
