/** `/api/v1/tokens`: who else may use this API. */
import { z } from 'zod';
import type { ApiToken, ApiTokenStore, TokenId } from '../../access/api-token.ts';
import type { createApiToken } from '../../access/create-api-token.ts';
import { type GrantedPermission, grantedPermissions } from '../../access/permission.ts';
import type { revokeApiToken } from '../../access/revoke-api-token.ts';
import type { Bound } from '../../lib/bound.ts';
import { callerOf, causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { list, time } from './list-schema.ts';
import { ownName } from './own-name.ts';
import { type Once, postOnce } from './post-once.ts';
import { type ScopeNames, scopeInput, scopeOf, scopeSchema, scopeView } from './scope-input.ts';

export type TokenUseCases = ScopeNames & {
  readonly tokens: Pick<ApiTokenStore, 'list'>;
  readonly createApiToken: Bound<typeof createApiToken>;
  readonly revokeApiToken: Bound<typeof revokeApiToken>;
  readonly once: Once;
};

const permissionSchema = z.enum(grantedPermissions);
const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    permissions: z.union([z.literal('all'), list(permissionSchema)]),
    scope: scopeSchema,
    createdAt: time,
    expiresAt: time.nullable().describe('null: never'),
    lastUsedAt: time.nullable().describe('To the minute'),
    revokedAt: time.nullable(),
  })
  .meta({ id: 'ApiToken' });

const input = z.strictObject({
  name: ownName,
  permissions: z.union([z.literal('all'), z.array(permissionSchema).min(1)]),
  ...scopeInput,
  expiresAt: time.nullable().default(null),
});
const tag = 'tokens';

export function registerTokenRoutes(scope: AdminScope, useCases: TokenUseCases): void {
  scope.get(
    '/tokens',
    documented(
      { permission: 'tokens.manage', tag, summary: 'List API tokens' },
      { response: { 200: z.object({ items: list(tokenSchema), next: z.null() }) } },
    ),
    async () => ({ items: (await useCases.tokens.list()).map(view), next: null }),
  );

  scope.post(
    '/tokens',
    documented(
      {
        permission: 'tokens.manage',
        tag,
        summary: 'Make an API token',
        headers: ['idempotency-key'],
        detail:
          'With no right that whoever asks lacks, nor for other scope tags or groups than theirs: 403 `beyond-own-rights`. Not replayable: a repeat with the same Idempotency-Key answers 409.',
      },
      {
        body: input,
        response: { 201: z.object({ token: tokenSchema, secret: z.string().describe('Shown this one time') }) },
      },
    ),
    (request, reply) => {
      return postOnce(useCases.once, request, reply, { status: 201, secret: true }, async (cause) => {
        const { name, permissions, expiresAt, ...scope } = request.body;
        const { token, secret } = await useCases.createApiToken({
          name,
          expiresAt,
          permissions: once(permissions),
          scope: await scopeOf(useCases, scope),
          by: callerOf(request),
          cause,
        });
        return { token: view(token), secret };
      });
    },
  );

  scope.delete(
    '/tokens/:token',
    documented(
      { permission: 'tokens.manage', tag, summary: 'Revoke an API token', detail: 'Also the one that asks.' },
      { params: z.strictObject({ token: z.string().min(1).max(100) }), response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      await useCases.revokeApiToken({ id: request.params.token as TokenId, cause: causeOf(request) });
      reply.code(204);
    },
  );
}

/** Each permission once. */
function once(permissions: readonly GrantedPermission[] | 'all'): readonly GrantedPermission[] | 'all' {
  return permissions === 'all' ? permissions : [...new Set(permissions)];
}

function view({ secretHash: _, madeBy: __, ...token }: ApiToken) {
  return { ...token, scope: scopeView(token.scope) };
}
