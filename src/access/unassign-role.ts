import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { RoleStore } from './role.ts';
import { givesEverything, type RoleAssignmentId, type RoleAssignmentStore } from './role-assignment.ts';

/**
 * Takes a role from the members of one assignment. Failures: `role-assignment-not-found`, `last-administrator`: nobody would
 * be left who may do everything everywhere.
 */
export async function unassignRole(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly roles: Pick<RoleStore, 'get'>;
    readonly roleAssignments: Pick<RoleAssignmentStore, 'get' | 'all' | 'remove'>;
  },
  input: { readonly id: RoleAssignmentId; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const assignment = await deps.roleAssignments.get(input.id);
    if (assignment === null)
      throw new Failure('not-found', 'role-assignment-not-found', 'There is no such assignment of a role.', {
        assignment: input.id,
      });
    const others = (await deps.roleAssignments.all()).filter(({ id }) => id !== assignment.id);
    if (givesEverything(assignment) && !others.some(givesEverything))
      throw new Failure(
        'conflict',
        'last-administrator',
        'Nobody else has the role Administrator everywhere. Give it to somebody first.',
      );
    await deps.roleAssignments.remove(assignment.id);
    const name = (await deps.roles.get(assignment.roleId))?.name ?? assignment.roleId;
    await deps.events.append([
      {
        type: 'access.role-unassigned',
        cause: input.cause,
        subjects: [{ kind: 'role', id: assignment.roleId, name }],
        data: { name, assignment: assignment.id, before: { members: assignment.members, ...assignment.scope } },
      },
    ]);
  });
}
