import { sha256Hex } from '../crypto/digest.ts';
import { utf8 } from '../lib/bytes.ts';
import { type Clock, day } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { TokenId } from './api-token.ts';
import type { IdempotencyStore } from './idempotency-store.ts';

/** How long a repeated request is recognised. */
export const idempotencyPeriod = day;

export type OnceInput = {
  readonly tokenId: TokenId;
  readonly idempotencyKey: string;
  /** Method, address and body of the request, as text: what must be equal for a repeat to be one. */
  readonly request: string;
  /** The answer holds a secret: it is not stored, and a repeat is told so instead. */
  readonly secret: boolean;
  readonly status: number;
  /** Answers what the response says: plain JSON. Runs in the transaction that also remembers the answer. */
  readonly work: () => Promise<unknown>;
};

/**
 * Does `work`, or answers what it answered before. Only successes are remembered: what failed changed nothing and may be
 * tried again. Failures: `idempotency-key-reused` (another request), `idempotency-not-replayable` (done, but its answer held
 * a secret), `idempotency-in-progress` (the first one is still running).
 */
export async function once(
  deps: { readonly transact: Transact; readonly clock: Pick<Clock, 'now'>; readonly idempotency: IdempotencyStore },
  { tokenId, idempotencyKey, request, secret, status, work }: OnceInput,
): Promise<{ readonly repeated: boolean; readonly status: number; readonly body: unknown }> {
  const requestHash = sha256Hex(utf8(request));
  return deps.transact(async () => {
    const now = deps.clock.now();
    const known = await deps.idempotency.find(tokenId, idempotencyKey, now);
    if (known !== null) {
      if (known.requestHash !== requestHash) throw reused();
      if (known.body === '') throw notReplayable();
      return { repeated: true, status: known.status, body: JSON.parse(known.body) as unknown };
    }
    const body = (await work()) ?? null;
    const expiresAt = now + idempotencyPeriod;
    const stored = secret ? '' : JSON.stringify(body);
    const answer = { tokenId, idempotencyKey, requestHash, status, body: stored, expiresAt };
    // Another node was faster: what this one did is rolled back with the failure.
    if (!(await deps.idempotency.insert(answer, now))) throw inProgress();
    return { repeated: false, status, body };
  });
}

function reused(): Failure {
  const message =
    'This Idempotency-Key was used for another request. Use a new one for each request that is not a repeat.';
  return new Failure('invalid', 'idempotency-key-reused', message);
}

function notReplayable(): Failure {
  const message =
    'This request was carried out before. Its answer held a secret that is shown only once; if you have lost it, make a new one with a new Idempotency-Key.';
  return new Failure('conflict', 'idempotency-not-replayable', message);
}

function inProgress(): Failure {
  const message = 'The same request was being carried out at the same time. Repeat it to get its answer.';
  return new Failure('conflict', 'idempotency-in-progress', message);
}
