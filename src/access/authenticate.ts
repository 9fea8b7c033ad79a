import { hashSecret } from '../crypto/secret.ts';
import { type Clock, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { ApiTokenStore } from './api-token.ts';
import type { Principal } from './principal.ts';

type Deps = { transact: Transact; clock: Clock; tokens: ApiTokenStore };

/**
 * Who sends the secret of an API token. Unknown, revoked and expired ones answer alike: Failure `unauthenticated`.
 * Looked up by hash, so nothing is compared byte by byte with what a stranger sent.
 */
export async function authenticate(deps: Deps, secret: string | null): Promise<Principal> {
  const token = secret === null ? null : await deps.tokens.findBySecretHash(hashSecret(secret));
  const now = deps.clock.now();
  if (token === null || token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now))
    throw new Failure('unauthenticated', 'unauthenticated', 'Send a valid API token: Authorization: Bearer <token>.');
  if (token.lastUsedAt === null || now - token.lastUsedAt >= minute)
    await deps.transact(() => deps.tokens.touch(token.id, now));
  const { id, name, permissions, scope } = token;
  return { kind: 'token', id, name, grants: [{ permissions, scope }] };
}
