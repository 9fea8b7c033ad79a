/**
 * Whoever calls the administration API: a holder of an API token, or an administrator who has signed in. What they may do
 * comes in grants, one for each way in which they got it (a role assignment; what a token was made with), and each grant
 * counts only within its own scope (intune-domain 4.8, "scoped permissions"): who may revoke certificates of one region and
 * read those of all may not revoke those of all.
 */
import { Failure } from '../lib/failure.ts';
import { type GrantedPermission, installationWide } from './permission.ts';
import type { ScopeTagId } from './scope-tag.ts';

/** Where a permission counts. */
export type Scope = {
  /** Objects that carry one of these are visible; Default counts for those that carry none. */
  readonly scopeTags: readonly ScopeTagId[] | 'all';
  /** Groups, with all that is nested in them, to which profiles may be assigned. */
  readonly scopeGroups: readonly string[] | 'all';
};

export const everywhere: Scope = { scopeTags: 'all', scopeGroups: 'all' };

export type Grant = { readonly permissions: readonly GrantedPermission[] | 'all'; readonly scope: Scope };

export type Principal = {
  readonly kind: 'token' | 'administrator';
  /** Of the API token or the administrator. */
  readonly id: string;
  /** For people: stands in the audit log. */
  readonly name: string;
  /** None: may do nothing but ask who they are. */
  readonly grants: readonly Grant[];
};

/** Where a principal may do something; empty: nowhere. */
export function scopesOf(principal: Principal, permission: GrantedPermission): readonly Scope[] {
  return principal.grants
    .filter(({ permissions }) => permissions === 'all' || permissions.includes(permission))
    .map(({ scope }) => scope)
    .filter(({ scopeTags }) => scopeTags === 'all' || !installationWide.has(permission));
}

/** Failure `forbidden`, naming the permission that is missing. */
export function authorize(principal: Principal, permission: GrantedPermission): void {
  if (scopesOf(principal, permission).length > 0) return;
  const who = principal.kind === 'token' ? 'This token lacks' : 'You lack';
  const where = installationWide.has(permission) ? ' for the whole installation, not limited by scope tags' : '';
  throw new Failure('forbidden', 'forbidden', `${who} the permission ${permission}${where}.`, { permission });
}
