/** Roles and who has them where, on both stores. */
import assert from 'node:assert/strict';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { storeTest } from '../../test/support/stores.ts';
import { administratorGrants } from '../access/administrator-grants.ts';
import { assignRole } from '../access/assign-role.ts';
import { createApiToken } from '../access/create-api-token.ts';
import { deleteRole } from '../access/delete-role.ts';
import type { GrantedPermission } from '../access/permission.ts';
import { everywhere, type Principal, type Scope } from '../access/principal.ts';
import { administratorRole, builtInRoles, type Role, type RoleId } from '../access/role.ts';
import { saveRole } from '../access/save-role.ts';
import type { ScopeTagId } from '../access/scope-tag.ts';
import { unassignRole } from '../access/unassign-role.ts';
import { systemCause as cause } from '../events/event.ts';
import type { Store } from './store.ts';

const north: Scope = { scopeTags: ['north' as ScopeTagId], scopeGroups: ['laptops'] };

function principal(permissions: readonly GrantedPermission[] | 'all', scope: Scope = everywhere): Principal {
  return { kind: 'administrator', id: 'anna', name: 'Anna', grants: [{ permissions, scope }] };
}

function verbs(stores: Store, by = principal('all')) {
  const deps = { ...stores, clock: fakeClock() };
  return {
    save: (name: string, permissions: readonly GrantedPermission[], known?: Role) =>
      saveRole(deps, {
        id: known?.id ?? null,
        version: known?.version ?? null,
        name,
        description: '',
        permissions,
        by,
        cause,
      }),
    remove: (id: RoleId) => deleteRole(deps, { id, version: null, cause }),
    assign: (roleId: RoleId, scope: Scope = everywhere, administrator = 'berta') =>
      assignRole(deps, { roleId, members: [{ kind: 'administrator', id: administrator }], scope, by, cause }),
    unassign: (id: Parameters<typeof unassignRole>[1]['id']) => unassignRole(deps, { id, cause }),
    token: (permissions: readonly GrantedPermission[] | 'all', scope?: Scope) =>
      createApiToken(deps, { name: 't', permissions, expiresAt: null, by, cause, ...(scope && { scope }) }),
  };
}

storeTest('a role is made once by its name, changes by version, and goes when nobody has it', async (stores) => {
  const { save, remove, assign, unassign } = verbs(stores);
  const role = await save(' Audit ', ['events.read', 'events.read']);
  assert.deepEqual([role.name, role.permissions, role.version], ['Audit', ['events.read'], 1]);
  assert.deepEqual(await stores.roles.get(role.id), role);
  assert.deepEqual(await stores.roles.all(), [...builtInRoles, role]);
  await assert.rejects(save('AUDIT', []), { code: 'role-name-taken' });
  await assert.rejects(save('help desk operator', []), { code: 'role-name-taken' });
  const more = await save('Audit', ['events.read', 'jobs.read'], role);
  assert.equal(more.version, 2);
  assert.equal((await save('Audit', ['jobs.read', 'events.read'], more)).version, 2, 'nothing has changed');
  await assert.rejects(save('Late', [], role), { code: 'role-version', kind: 'precondition' });
  const assigned = await assign(role.id);
  await assert.rejects(remove(role.id), { code: 'role-in-use' });
  await unassign(assigned.id);
  await remove(role.id);
  await assert.rejects(remove(role.id), { code: 'role-not-found' });
  const types = ['access.role-saved', 'access.role-assigned', 'access.role-unassigned', 'access.role-deleted'] as const;
  const { items } = await stores.events.list(
    { subject: { kind: 'role', id: role.id }, types },
    { limit: 9, cursor: null },
  );
  assert.equal(items.length, 5);
});

storeTest('built-in roles stay as they are', async (stores) => {
  const { save, remove } = verbs(stores);
  for (const role of builtInRoles) {
    await assert.rejects(save('Other', [], role), { code: 'role-built-in' });
    await assert.rejects(remove(role.id), { code: 'role-built-in' });
  }
});

storeTest('what assignments give is kept apart, each with its scope, and asked for by member', async (stores) => {
  const { save, assign } = verbs(stores);
  const [reader, revoker] = [
    await save('Reader', ['certificates.read']),
    await save('Revoker', ['certificates.revoke']),
  ];
  await assign(reader.id);
  await assign(revoker.id, north);
  const deps = { ...stores, clock: fakeClock() };
  const members = [{ kind: 'oidcGroup', providerId: 'one', value: 'pki' }] as const;
  await assignRole(deps, { roleId: reader.id, members, scope: north, by: principal('all'), cause });
  const grants = (administratorId: string, ...oidcGroups: string[]) =>
    administratorGrants(stores, { administratorId, claimed: { providerId: 'one', groups: oidcGroups } });
  assert.deepEqual(await grants('berta'), [
    { permissions: ['certificates.read'], scope: everywhere },
    { permissions: ['certificates.revoke'], scope: north },
  ]);
  assert.deepEqual(await grants('carla', 'pki', 'other'), [{ permissions: ['certificates.read'], scope: north }]);
  assert.deepEqual(await grants('carla', 'PKI'), []);
});

storeTest('nobody gives more than they have, by roles, assignments or tokens', async (stores) => {
  const beyond = { kind: 'forbidden', code: 'beyond-own-rights' };
  const { save: saveAny, assign: assignAny } = verbs(stores);
  const role = await saveAny('Reader', ['certificates.read']);
  const { save, assign, token } = verbs(stores, principal(['certificates.read', 'certificates.revoke'], north));
  await assert.rejects(save('Own', ['certificates.read']), beyond, 'a role counts wherever it is assigned');
  await assert.rejects(assign(role.id), beyond);
  await assert.rejects(
    assign(role.id, { ...north, scopeTags: ['north' as ScopeTagId, 'south' as ScopeTagId] }),
    beyond,
  );
  await assert.rejects(assign(role.id, { ...north, scopeGroups: 'all' }), beyond);
  await assert.rejects(assign(administratorRole, north), beyond);
  assert.deepEqual((await assign(role.id, north)).scope, north);
  await assert.rejects(token('all', north), beyond);
  await assert.rejects(token(['certificates.read']), beyond);
  await assert.rejects(token(['certificates.read', 'authority.read'], north), beyond);
  const { token: made } = await token(['certificates.read'], north);
  assert.deepEqual((await stores.tokens.get(made.id))?.scope, north);
  await assert.rejects(assignAny(role.id, { ...north, scopeTags: [] }), { code: 'scope-empty' });
});

storeTest('somebody always has the role Administrator everywhere, once somebody has', async (stores) => {
  const { assign, unassign } = verbs(stores);
  const first = await assign(administratorRole);
  const limited = await assign(administratorRole, north);
  await assert.rejects(unassign(first.id), { code: 'last-administrator' });
  await unassign(limited.id);
  await assign(administratorRole, everywhere, 'carla');
  await unassign(first.id);
  await assert.rejects(unassign(first.id), { code: 'role-assignment-not-found' });
});
