import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { ApiTokenStore, TokenId } from './api-token.ts';

type Deps = { transact: Transact; clock: Clock; tokens: ApiTokenStore; events: EventLog };

/** Revoking a revoked token changes nothing. Failure `no-such-token`. */
export async function revokeApiToken(
  deps: Deps,
  input: { readonly id: TokenId; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const token = await deps.tokens.get(input.id);
    if (token === null)
      throw new Failure('not-found', 'no-such-token', 'There is no API token with this id.', { id: input.id });
    const now = deps.clock.now();
    if (!(await deps.tokens.revoke(token.id, now))) return;
    await deps.events.append([
      {
        type: 'access.token-revoked',
        cause: input.cause,
        subjects: [{ kind: 'token', id: token.id, name: token.name }],
        data: { name: token.name, before: { revokedAt: null }, after: { revokedAt: now } },
      },
    ]);
  });
}
