import type { Cause } from '../events/event.ts';
import { isFailure } from '../lib/failure.ts';
import type { IssuerId } from './issuer.ts';
import type { PublishCrl } from './publish-crl.ts';

/**
 * Publishes the CRL of a shard; resolves when a CRL is out that was begun after the call, or could not be made: what is
 * revoked stays due in the store, and timed work sees to it.
 */
export type CrlPublisher = (request: {
  readonly issuerId: IssuerId;
  readonly shard: number;
  readonly cause: Cause;
}) => Promise<void>;

/**
 * Makes few CRLs of many revocations: while one is being made, all further calls for the same shard wait for the one
 * after it.
 */
export function crlPublisher(
  publish: (input: PublishCrl) => Promise<unknown>,
  onError: (error: unknown) => void,
): CrlPublisher {
  const running = new Map<string, Promise<unknown>>();
  const following = new Map<string, Promise<void>>();
  return (request) => {
    const shard = `${request.issuerId}/${request.shard}`;
    const next = following.get(shard);
    if (next !== undefined) return next;
    const before = running.get(shard) ?? Promise.resolve();
    const turn = before
      .catch(() => undefined)
      .then(async () => {
        following.delete(shard);
        const run = publish(request);
        running.set(shard, run);
        try {
          await run;
        } catch (error) {
          if (!isFailure(error, 'crl-being-published')) onError(error);
        } finally {
          if (running.get(shard) === run) running.delete(shard);
        }
      });
    following.set(shard, turn);
    return turn;
  };
}
