/**
 * Who has a role, and where: members, the groups to which they may assign profiles, the scope tags of what they see. What
 * an assignment gives counts within its own scope alone.
 */
import type { Branded } from '../lib/ids.ts';
import type { Grant, Scope } from './principal.ts';
import { administratorRole, type Role, type RoleId } from './role.ts';

export type RoleAssignmentId = Branded<'RoleAssignmentId'>;

export type RoleMember =
  | { readonly kind: 'administrator'; readonly id: string }
  /** Whoever signs in by this identity provider, with this value among their groups: what another says of them does not count. */
  | { readonly kind: 'oidcGroup'; readonly providerId: string; readonly value: string };

export type RoleAssignment = {
  readonly id: RoleAssignmentId;
  readonly roleId: RoleId;
  readonly members: readonly RoleMember[];
  readonly scope: Scope;
  readonly createdAt: number;
};

export type RoleAssignmentStore = {
  get(id: RoleAssignmentId): Promise<RoleAssignment | null>;
  /** In the order in which they were made. */
  all(): Promise<readonly RoleAssignment[]>;
  insert(assignment: RoleAssignment): Promise<void>;
  remove(id: RoleAssignmentId): Promise<void>;
};

/** Whom an assignment is asked about. */
export type Member = {
  readonly administratorId: string;
  /** What the identity provider of their session said; null: they came in another way. */
  readonly claimed: { readonly providerId: string; readonly groups: readonly string[] } | null;
};

export function hasMember({ members }: Pick<RoleAssignment, 'members'>, asked: Member): boolean {
  return members.some((member) =>
    member.kind === 'administrator'
      ? member.id === asked.administratorId
      : member.providerId === asked.claimed?.providerId && asked.claimed.groups.includes(member.value),
  );
}

/** Somebody with such an assignment may do everything everywhere. */
export function givesEverything({ roleId, scope }: Pick<RoleAssignment, 'roleId' | 'scope'>): boolean {
  return roleId === administratorRole && scope.scopeTags === 'all' && scope.scopeGroups === 'all';
}

/** A grant for each assignment that has the member, kept apart. An assignment of a role that is gone gives nothing. */
export function grantsOf(
  assignments: readonly RoleAssignment[],
  roles: readonly Role[],
  member: Member,
): readonly Grant[] {
  const byId = new Map(roles.map((role) => [role.id, role]));
  return assignments
    .filter((assignment) => hasMember(assignment, member))
    .flatMap(({ roleId, scope }) => {
      const role = byId.get(roleId);
      return role === undefined ? [] : [{ permissions: role.permissions, scope }];
    });
}
