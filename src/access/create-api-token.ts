import { hashSecret } from '../crypto/secret.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { toBase64Url } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { Transact } from '../lib/transact.ts';
import type { ApiToken, ApiTokenStore, TokenId } from './api-token.ts';
import type { GrantedPermission } from './permission.ts';
import { everywhere, type Principal, type Scope } from './principal.ts';
import { expectWithinRights } from './within-rights.ts';

type Deps = { transact: Transact; clock: Clock; tokens: ApiTokenStore; events: EventLog };

/** Every token begins so, that secret scanners and people recognise one. */
export const tokenPrefix = 'scepward_';

/** A token that makes another is as whoever made it. */
async function makerOf(tokens: Pick<ApiTokenStore, 'get'>, by: Principal | undefined): Promise<string | null> {
  if (by?.kind !== 'token') return by?.id ?? null;
  return (await tokens.get(by.id as TokenId))?.madeBy ?? by.id;
}

/** The secret is in the answer and nowhere else. `expiresAt` in ms UTC, null for never. */
export async function createApiToken(
  deps: Deps,
  input: {
    readonly name: string;
    readonly permissions: readonly GrantedPermission[] | 'all';
    /** Default: everywhere. */
    readonly scope?: Scope;
    /** Who gives it: no more than they have (`beyond-own-rights`). Left out: the operator of this machine. */
    readonly by?: Principal;
    readonly expiresAt: number | null;
    readonly cause: Cause;
  },
): Promise<{ readonly token: ApiToken; readonly secret: string }> {
  const now = deps.clock.now();
  const name = input.name.trim();
  if (name === '' || name.length > 200)
    throw new Failure(
      'invalid',
      'token-name',
      'A token needs a name of 1 to 200 characters, so that it can be told apart later.',
    );
  if (input.expiresAt !== null && input.expiresAt <= now)
    throw new Failure('invalid', 'token-expiry', 'The expiry of a token must lie in the future.');
  const { permissions, scope = everywhere, by } = input;
  if (by !== undefined) expectWithinRights(by, { permissions, scope });
  const secret = `${tokenPrefix}${toBase64Url(randomBytes(32))}`;
  const token: ApiToken = {
    id: newId<TokenId>(deps.clock),
    name,
    secretHash: hashSecret(secret),
    permissions,
    scope,
    madeBy: await makerOf(deps.tokens, by),
    createdAt: now,
    expiresAt: input.expiresAt,
    lastUsedAt: null,
    revokedAt: null,
  };
  await deps.transact(async () => {
    await deps.tokens.insert(token);
    await deps.events.append([
      {
        type: 'access.token-created',
        cause: input.cause,
        subjects: [{ kind: 'token', id: token.id, name }],
        data: {
          name,
          permissions: token.permissions,
          expiresAt: token.expiresAt,
          after: { name, permissions: token.permissions, ...token.scope, expiresAt: token.expiresAt },
        },
      },
    ]);
  });
  return { token, secret };
}
