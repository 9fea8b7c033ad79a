import { Failure } from '../lib/failure.ts';
import { type GrantedPermission, grantedPermissions } from './permission.ts';
import { type Grant, type Principal, type Scope, scopesOf } from './principal.ts';

/** Nobody gives more than they have, nor where they may not. Failure `beyond-own-rights` with the permissions that are missing. */
export function expectWithinRights(giver: Principal, { permissions, scope }: Grant): void {
  const given = permissions === 'all' ? grantedPermissions : permissions;
  const missing = given.filter((permission) => !mayGive(giver, permission, scope));
  if (missing.length === 0) return;
  const all = missing.length === grantedPermissions.length ? 'any of this' : missing.join(', ');
  throw new Failure(
    'forbidden',
    'beyond-own-rights',
    `You cannot give ${all}: you lack it yourself, or have it only for other scope tags or groups.`,
    { permissions: missing },
  );
}

function mayGive(giver: Principal, permission: GrantedPermission, scope: Scope): boolean {
  return scopesOf(giver, permission).some(
    (own) => isWithin(scope.scopeTags, own.scopeTags) && isWithin(scope.scopeGroups, own.scopeGroups),
  );
}

function isWithin(some: readonly string[] | 'all', whole: readonly string[] | 'all'): boolean {
  return whole === 'all' || (some !== 'all' && some.every((each) => whole.includes(each)));
}
