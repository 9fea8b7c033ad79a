import type { CryptoPool } from '../crypto/crypto-pool.ts';
import type { Clock } from '../lib/clock.ts';
import type { ProcessMetrics } from '../reporting/metrics/process-metrics.ts';

/** The same pool; how long its work takes is measured from outside. */
export function meteredPool(
  pool: CryptoPool,
  clock: Pick<Clock, 'monotonic'>,
  { cryptoTime }: ProcessMetrics,
): CryptoPool {
  const timed = async <T>(job: Parameters<typeof cryptoTime.observe>[0], work: Promise<T>): Promise<T> => {
    const began = clock.monotonic();
    const result = await work;
    cryptoTime.observe(job, clock.monotonic() - began);
    return result;
  };
  return {
    get pending() {
      return pool.pending;
    },
    get yielding() {
      return pool.yielding;
    },
    get alive() {
      return pool.alive;
    },
    limit: pool.limit,
    addKey: pool.addKey,
    removeKey: pool.removeKey,
    hasKey: pool.hasKey,
    sign: (keyId, digest, data, turn) => timed('sign', pool.sign(keyId, digest, data, turn)),
    openRequest: (request) => timed('open', pool.openRequest(request)),
    sealReply: (reply) => timed('reply', pool.sealReply(reply)),
    certify: (order) => timed('certify', pool.certify(order)),
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}
