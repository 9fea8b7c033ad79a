import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorize, everywhere, type Principal, type Scope, scopesOf } from './principal.ts';
import type { ScopeTagId } from './scope-tag.ts';

const north: Scope = { scopeTags: ['north' as ScopeTagId], scopeGroups: ['laptops'] };

const principal: Principal = {
  kind: 'administrator',
  id: 'a',
  name: 'Anna',
  grants: [
    { permissions: ['certificates.read', 'certificates.revoke'], scope: north },
    { permissions: ['certificates.read'], scope: everywhere },
  ],
};

test('a permission counts only within the scope of the grant that gives it', () => {
  assert.deepEqual(scopesOf(principal, 'certificates.revoke'), [north]);
  assert.deepEqual(scopesOf(principal, 'certificates.read'), [north, everywhere]);
  assert.deepEqual(scopesOf(principal, 'authority.write'), []);
});

test('what reaches everybody is not given within scope tags', () => {
  const of = (scope: Scope) => ({ ...principal, grants: [{ permissions: 'all' as const, scope }] });
  assert.deepEqual(scopesOf(of(north), 'webhooks.write'), []);
  assert.throws(() => authorize(of(north), 'webhooks.write'), { code: 'forbidden' });
  authorize(of({ ...everywhere, scopeGroups: ['laptops'] }), 'webhooks.write');
});

test('what no grant gives is refused by name; a grant of all gives everything', () => {
  assert.throws(() => authorize(principal, 'authority.write'), {
    kind: 'forbidden',
    code: 'forbidden',
    params: { permission: 'authority.write' },
  });
  authorize(principal, 'certificates.revoke');
  authorize({ ...principal, grants: [{ permissions: 'all', scope: everywhere }] }, 'authority.write');
  assert.throws(() => authorize({ ...principal, grants: [] }, 'certificates.read'), { code: 'forbidden' });
});
