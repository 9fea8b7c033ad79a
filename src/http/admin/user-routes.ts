/** `/api/v1/users`: people as the directory knows them. */
import { z } from 'zod';
import type { removeUsers } from '../../directory/remove-users.ts';
import type { saveUser } from '../../directory/save-user.ts';
import type { UserStore } from '../../directory/user-store.ts';
import type { Bound } from '../../lib/bound.ts';
import { causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { findUser } from './directory-names.ts';
import { documented } from './documented.ts';
import { factSource, nullableFact, userFacts } from './fact-schemas.ts';
import { nameParam } from './find-named.ts';
import { time } from './list-schema.ts';
import { oneLine } from './own-name.ts';
import { pageOf, pageSchema, searchQuery } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';

export type UserUseCases = {
  readonly users: Pick<UserStore, 'get' | 'findByPrincipalName' | 'list'>;
  readonly saveUser: Bound<typeof saveUser>;
  readonly removeUsers: Bound<typeof removeUsers>;
  readonly once: Once;
};

const userSchema = z
  .object({
    id: z.string(),
    userPrincipalName: z.string(),
    ...userFacts((fact) => fact.nullable()),
    sources: z.record(z.string(), factSource).describe('Where each fact came from'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'User' });

const principalName = oneLine(z.string().trim().min(1).max(320));
const newUser = z.strictObject({ userPrincipalName: principalName, ...userFacts(nullableFact) });
const changedUser = z.strictObject({ userPrincipalName: principalName.exactOptional(), ...userFacts(nullableFact) });
const params = z.strictObject({ user: nameParam('Id or user principal name') });
const tag = 'users';

export function registerUserRoutes(scope: AdminScope, useCases: UserUseCases): void {
  scope.get(
    '/users',
    documented(
      {
        permission: 'directory.read',
        tag,
        summary: 'List users',
        detail: '`search` is the start of a user principal name or display name.',
      },
      { querystring: searchQuery, response: { 200: pageSchema(userSchema) } },
    ),
    ({ query }) => useCases.users.list({ search: query.search ?? null }, pageOf(query)),
  );

  scope.post(
    '/users',
    documented(
      { permission: 'directory.write', tag, summary: 'Add a user', headers: ['idempotency-key'] },
      { body: newUser, response: { 201: userSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, (cause) =>
        useCases.saveUser({ id: null, facts: request.body, source: 'api', cause }),
      ),
  );

  scope.get(
    '/users/:user',
    documented(
      { permission: 'directory.read', tag, summary: 'Show a user' },
      { params, response: { 200: userSchema } },
    ),
    ({ params: { user } }) => findUser(useCases, user),
  );

  scope.patch(
    '/users/:user',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Change facts of a user',
        detail: 'Only what is said changes; null takes a fact back.',
      },
      { params, body: changedUser, response: { 200: userSchema } },
    ),
    async (request) => {
      const { id } = await findUser(useCases, request.params.user);
      return useCases.saveUser({ id, facts: request.body, source: 'api', cause: causeOf(request) });
    },
  );

  scope.delete(
    '/users/:user',
    documented(
      {
        permission: 'directory.write',
        tag,
        summary: 'Remove a user',
        detail: 'Their devices stay and then belong to nobody.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { id } = await findUser(useCases, request.params.user);
      await useCases.removeUsers({ userIds: [id], cause: causeOf(request) });
      reply.code(204);
    },
  );
}
