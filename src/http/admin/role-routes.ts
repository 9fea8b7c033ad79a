/** `/api/v1/roles` and `/api/v1/role-assignments`: who may do what, and where. */
import { z } from 'zod';
import type { AdministratorStore } from '../../access/administrator-store.ts';
import type { assignRole } from '../../access/assign-role.ts';
import type { deleteRole } from '../../access/delete-role.ts';
import type { IdentityProvider, IdentityProviderStore } from '../../access/identity-provider.ts';
import { grantedPermissions } from '../../access/permission.ts';
import { isBuiltIn, type Role, type RoleStore } from '../../access/role.ts';
import type {
  RoleAssignment,
  RoleAssignmentId,
  RoleAssignmentStore,
  RoleMember,
} from '../../access/role-assignment.ts';
import type { saveRole } from '../../access/save-role.ts';
import type { unassignRole } from '../../access/unassign-role.ts';
import type { Bound } from '../../lib/bound.ts';
import { Failure } from '../../lib/failure.ts';
import { callerOf, causeOf } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findAdministrator } from './find-administrator.ts';
import { findNamed, nameParam } from './find-named.ts';
import { findIdentityProvider } from './identity-provider-routes.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { ownName } from './own-name.ts';
import { type Once, postOnce } from './post-once.ts';
import { type ScopeNames, scopeInput, scopeOf, scopeSchema, scopeView } from './scope-input.ts';

export type RoleUseCases = ScopeNames & {
  readonly administrators: Pick<AdministratorStore, 'get' | 'findBySignInName' | 'all'>;
  readonly identityProviders: Pick<IdentityProviderStore, 'get' | 'findByName' | 'all'>;
  readonly roles: Pick<RoleStore, 'get' | 'all'>;
  readonly roleAssignments: Pick<RoleAssignmentStore, 'all'>;
  readonly saveRole: Bound<typeof saveRole>;
  readonly deleteRole: Bound<typeof deleteRole>;
  readonly assignRole: Bound<typeof assignRole>;
  readonly unassignRole: Bound<typeof unassignRole>;
  readonly once: Once;
};

const permissionSchema = z.enum(grantedPermissions);
const roleSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Unique without regard to case'),
    description: z.string(),
    permissions: list(permissionSchema),
    builtIn: z.boolean().describe('It never changes'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Role' });
const memberSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('administrator'),
    id: z.string(),
    signInName: z.string().nullable().describe('null: there is no such administrator any more'),
  }),
  z.object({
    kind: z.literal('oidcGroup'),
    providerId: z.string(),
    providerName: z.string().nullable().describe('null: there is no such identity provider any more'),
    value: z.string().describe('Of the group claim, as the provider sends it'),
  }),
]);
const assignmentSchema = z
  .object({
    id: z.string(),
    roleId: z.string(),
    roleName: z.string().nullable().describe('null: the role is there no more'),
    members: list(memberSchema),
    scope: scopeSchema,
    createdAt: time,
  })
  .meta({ id: 'RoleAssignment' });

const params = z.strictObject({ role: nameParam('Id or exact name') });
const input = z.strictObject({
  name: ownName,
  description: z.string().max(1000).default(''),
  permissions: z.array(permissionSchema).max(grantedPermissions.length),
});
const memberInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('administrator'), id: nameParam('Id or sign-in name') }),
  z.strictObject({
    kind: z.literal('oidcGroup'),
    provider: nameParam('Id or exact name of the identity provider; left out: the only one that there is').optional(),
    value: z.string().min(1).max(400),
  }),
]);
const tag = 'roles';

export function registerRoleRoutes(scope: AdminScope, useCases: RoleUseCases): void {
  scope.get(
    '/roles',
    documented(
      { permission: 'roles.read', tag, summary: 'List roles, the built-in ones first' },
      { response: { 200: z.object({ items: list(roleSchema), next: z.null() }) } },
    ),
    async () => ({ items: (await useCases.roles.all()).map(view), next: null }),
  );

  scope.post(
    '/roles',
    documented(
      {
        permission: 'roles.manage',
        tag,
        summary: 'Add a role',
        headers: ['idempotency-key'],
        detail: 'With no permission that whoever asks lacks: 403 `beyond-own-rights`.',
      },
      { body: input, response: { 201: roleSchema } },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) =>
        view(await useCases.saveRole({ id: null, version: null, ...request.body, by: callerOf(request), cause })),
      ),
  );

  scope.get(
    '/roles/:role',
    documented({ permission: 'roles.read', tag, summary: 'Show a role' }, { params, response: { 200: roleSchema } }),
    async ({ params: { role } }, reply) => {
      const found = await findRole(useCases, role);
      sendVersion(reply, found.version);
      return view(found);
    },
  );

  scope.put(
    '/roles/:role',
    documented(
      {
        permission: 'roles.manage',
        tag,
        summary: 'Replace a role',
        headers: ['if-match'],
        detail: 'Needs If-Match. Whoever has the role has what it gives now. Built-in ones never change.',
      },
      { params, body: input, response: { 200: roleSchema } },
    ),
    async (request, reply) => {
      const version = versionFromIfMatch(request);
      const { id } = await findRole(useCases, request.params.role);
      const by = callerOf(request);
      const saved = await useCases.saveRole({ id, version, ...request.body, by, cause: causeOf(request) });
      sendVersion(reply, saved.version);
      return view(saved);
    },
  );

  scope.delete(
    '/roles/:role',
    documented(
      {
        permission: 'roles.manage',
        tag,
        summary: 'Delete a role',
        headers: ['if-match'],
        detail: 'While it is assigned: 409 `role-in-use`. If-Match may be left out.',
      },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const version = request.headers['if-match'] === undefined ? null : versionFromIfMatch(request);
      const { id } = await findRole(useCases, request.params.role);
      await useCases.deleteRole({ id, version, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.get(
    '/role-assignments',
    documented(
      { permission: 'roles.read', tag, summary: 'List who has which role, and where' },
      { response: { 200: z.object({ items: list(assignmentSchema), next: z.null() }) } },
    ),
    async () => {
      const names = new Map((await useCases.roles.all()).map(({ id, name }) => [id, name]));
      const called = new Map(
        (await useCases.administrators.all()).map(({ id, signInName }) => [id as string, signInName]),
      );
      for (const { id, name } of await useCases.identityProviders.all()) called.set(id, name);
      const items = (await useCases.roleAssignments.all()).map((each) =>
        assignmentView(each, names.get(each.roleId) ?? null, called),
      );
      return { items, next: null };
    },
  );

  scope.post(
    '/role-assignments',
    documented(
      {
        permission: 'roles.manage',
        tag,
        summary: 'Give a role to somebody',
        headers: ['idempotency-key'],
        detail:
          'What it gives counts within its own scope alone: objects that carry one of the scope tags, assignments to the scope groups. No more than whoever asks has: 403 `beyond-own-rights`.',
      },
      {
        body: z.strictObject({
          role: nameParam('Id or exact name'),
          members: z.array(memberInput).min(1).max(1000),
          ...scopeInput,
        }),
        response: { 201: assignmentSchema },
      },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 201 }, async (cause) => {
        const { role, members, ...given } = request.body;
        const { id: roleId, name } = await findRole(useCases, role);
        const by = callerOf(request);
        const found = new Map<string, string>();
        const named: RoleMember[] = [];
        for (const member of members)
          if (member.kind === 'oidcGroup') {
            const provider = await providerOf(useCases, member.provider);
            found.set(provider.id, provider.name);
            named.push({ kind: 'oidcGroup', providerId: provider.id, value: member.value });
          } else {
            const { id, signInName } = await findAdministrator(useCases, member.id);
            found.set(id, signInName);
            named.push({ kind: 'administrator', id });
          }
        const assigned = { roleId, members: named, scope: await scopeOf(useCases, given), by, cause };
        return assignmentView(await useCases.assignRole(assigned), name, found);
      }),
  );

  scope.delete(
    '/role-assignments/:assignment',
    documented(
      {
        permission: 'roles.manage',
        tag,
        summary: 'Take a role from somebody',
        detail: 'Not the last one that gives the role Administrator everywhere: 409 `last-administrator`.',
      },
      { params: z.strictObject({ assignment: z.string().min(1).max(100) }), response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const id = request.params.assignment as RoleAssignmentId;
      await useCases.unassignRole({ id, cause: causeOf(request) });
      reply.code(204);
    },
  );
}

/** Whose groups are meant. Failures: `identity-provider-not-found`, `identity-provider-needed`. */
async function providerOf(
  { identityProviders }: Pick<RoleUseCases, 'identityProviders'>,
  named: string | undefined,
): Promise<IdentityProvider> {
  if (named !== undefined) return findIdentityProvider({ identityProviders }, named);
  const [only, ...others] = await identityProviders.all();
  if (only !== undefined && others.length === 0) return only;
  const message =
    only === undefined
      ? 'There is no identity provider whose groups could be meant. Add one first.'
      : 'Say which identity provider’s group is meant: what one says does not count for another.';
  throw new Failure('invalid', 'identity-provider-needed', message);
}

function findRole({ roles }: Pick<RoleUseCases, 'roles'>, text: string): Promise<Role> {
  return findNamed<Role>(
    {
      noun: 'role',
      get: (id) => roles.get(id),
      // Built-in ones have words for ids.
      findByName: async (name) =>
        (await roles.all()).filter((role) => role.id === name || role.name.toLowerCase() === name.toLowerCase()),
      describe: ({ id, name }) => ({ id, name, detail: 'role' }),
    },
    text,
  );
}

function view(role: Role): z.infer<typeof roleSchema> {
  return { ...role, permissions: [...role.permissions], builtIn: isBuiltIn(role) };
}

function assignmentView(
  { members, scope, ...all }: RoleAssignment,
  roleName: string | null,
  /** Of administrators and identity providers. */
  called: ReadonlyMap<string, string>,
) {
  const shown = members.map((member) =>
    member.kind === 'oidcGroup'
      ? { ...member, providerName: called.get(member.providerId) ?? null }
      : { ...member, signInName: called.get(member.id) ?? null },
  );
  return { ...all, roleName, members: shown, scope: scopeView(scope) };
}
