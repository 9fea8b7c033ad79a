import type { FastifyReply, FastifyRequest } from 'fastify';
import type { TokenId } from '../../access/api-token.ts';
import type { once } from '../../access/once.ts';
import type { Cause } from '../../events/event.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { causeOf } from '../caller.ts';

export type Once = Bound<typeof once>;

export type PostOptions = {
  readonly status: 200 | 201 | 202;
  /** The answer holds a secret, which is not stored: a repeat is refused. */
  readonly secret?: boolean;
};

/**
 * Does what a POST asks for, at most once per `Idempotency-Key` and token. With a key `work` runs in a transaction: nothing
 * slow in it. What it answers must be plain JSON.
 */
export async function postOnce<Answer>(
  once: Once,
  request: FastifyRequest,
  reply: FastifyReply,
  { status, secret = false }: PostOptions,
  work: (cause: Cause) => Promise<Answer>,
): Promise<Answer> {
  const cause = causeOf(request);
  const idempotencyKey = keyOf(request);
  if (idempotencyKey === null) {
    const answer = await work(cause);
    reply.code(status);
    return answer;
  }
  const result = await once({
    tokenId: cause.actor.id as TokenId,
    idempotencyKey,
    request: `${request.method} ${request.url}\n${JSON.stringify(request.body ?? null)}`,
    secret,
    status,
    work: () => work(cause),
  });
  reply.code(result.status);
  if (result.repeated) reply.header('idempotency-replayed', 'true');
  return result.body as Answer;
}

function keyOf(request: FastifyRequest): string | null {
  const header = request.headers['idempotency-key'];
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header)) return header;
  throw new Failure(
    'malformed',
    'idempotency-key-malformed',
    'Idempotency-Key must be 1 to 200 visible ASCII characters, such as a UUID.',
  );
}
