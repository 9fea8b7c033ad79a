import type { Grant } from './principal.ts';
import type { RoleStore } from './role.ts';
import { grantsOf, type Member, type RoleAssignmentStore } from './role-assignment.ts';

/** What an administrator may do now, by all assignments of roles; none: nothing. Two reads. */
export async function administratorGrants(
  deps: {
    readonly roles: Pick<RoleStore, 'all'>;
    readonly roleAssignments: Pick<RoleAssignmentStore, 'all'>;
  },
  member: Member,
): Promise<readonly Grant[]> {
  return grantsOf(await deps.roleAssignments.all(), await deps.roles.all(), member);
}
