import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Principal, Scope } from './principal.ts';
import type { RoleId, RoleStore } from './role.ts';
import type { RoleAssignment, RoleAssignmentId, RoleAssignmentStore, RoleMember } from './role-assignment.ts';
import { expectRole } from './save-role.ts';
import { maxScopeTags } from './scope-tag.ts';
import { expectWithinRights } from './within-rights.ts';

/**
 * That administrators, groups and tags exist is checked where names become ids. Failures: `role-not-found`,
 * `role-without-members`, `too-many-scope-tags`, `scope-empty`, `beyond-own-rights`.
 */
export async function assignRole(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly roles: Pick<RoleStore, 'get'>;
    readonly roleAssignments: Pick<RoleAssignmentStore, 'insert'>;
  },
  input: {
    readonly roleId: RoleId;
    readonly members: readonly RoleMember[];
    readonly scope: Scope;
    readonly by: Principal;
    readonly cause: Cause;
  },
): Promise<RoleAssignment> {
  const { scope, by, cause } = input;
  const members = [...new Map(input.members.map((member) => [JSON.stringify(member), member])).values()];
  if (members.length === 0)
    throw new Failure(
      'invalid',
      'role-without-members',
      'Say who gets the role: administrators or OpenID Connect groups.',
    );
  if (scope.scopeTags.length === 0)
    throw new Failure('invalid', 'scope-empty', 'Without a scope tag nothing would be visible: give some, or all.');
  if (scope.scopeTags !== 'all' && scope.scopeTags.length > maxScopeTags)
    throw new Failure('invalid', 'too-many-scope-tags', `At most ${maxScopeTags} scope tags, or all.`);
  return deps.transact(async () => {
    const role = await expectRole(deps.roles, input.roleId, null);
    expectWithinRights(by, { permissions: role.permissions, scope });
    const assignment: RoleAssignment = {
      id: newId<RoleAssignmentId>(deps.clock),
      roleId: role.id,
      members,
      scope,
      createdAt: deps.clock.now(),
    };
    await deps.roleAssignments.insert(assignment);
    await deps.events.append([
      {
        type: 'access.role-assigned',
        cause,
        subjects: [{ kind: 'role', id: role.id, name: role.name }],
        data: { name: role.name, assignment: assignment.id, after: { members, ...scope } },
      },
    ]);
    return assignment;
  });
}
