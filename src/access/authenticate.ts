import { hashSecret } from '../crypto/secret.ts';
import { type Clock, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { ApiToken, ApiTokenStore } from './api-token.ts';
import type { GrantedPermission } from './permission.ts';

type Deps = { transact: Transact; clock: Clock; tokens: ApiTokenStore };

/**
 * The token behind a bearer secret. Unknown, revoked and expired ones answer alike: Failure `unauthenticated`.
 * Looked up by hash, so nothing is compared byte by byte with what a stranger sent.
 */
export async function authenticate(deps: Deps, secret: string | null): Promise<ApiToken> {
  const token = secret === null ? null : await deps.tokens.findBySecretHash(hashSecret(secret));
  const now = deps.clock.now();
  if (token === null || token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now))
    throw new Failure('unauthenticated', 'unauthenticated', 'Send a valid API token: Authorization: Bearer <token>.');
  if (token.lastUsedAt === null || now - token.lastUsedAt >= minute)
    await deps.transact(() => deps.tokens.touch(token.id, now));
  return token;
}

/** Failure `forbidden`, naming the permission that is missing. */
export function authorize(token: ApiToken, permission: GrantedPermission): void {
  if (token.permissions === 'all' || token.permissions.includes(permission)) return;
  throw new Failure('forbidden', 'forbidden', `This token lacks the permission ${permission}.`, { permission });
}
