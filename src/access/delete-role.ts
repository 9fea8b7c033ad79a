import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { isBuiltIn, type RoleId, type RoleStore } from './role.ts';
import type { RoleAssignmentStore } from './role-assignment.ts';
import { builtIn, expectRole } from './save-role.ts';

/** Failures: `role-not-found`, `role-version` (If-Match), `role-built-in`, `role-in-use` while it is assigned. */
export async function deleteRole(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly roles: Pick<RoleStore, 'get' | 'remove'>;
    readonly roleAssignments: Pick<RoleAssignmentStore, 'all'>;
  },
  input: { readonly id: RoleId; readonly version: number | null; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const role = await expectRole(deps.roles, input.id, input.version);
    if (isBuiltIn(role)) throw builtIn();
    const using = (await deps.roleAssignments.all()).filter(({ roleId }) => roleId === role.id);
    if (using.length > 0)
      throw new Failure(
        'conflict',
        'role-in-use',
        `The role is assigned ${using.length === 1 ? 'once' : `${using.length} times`}. Delete those assignments first.`,
        { assignments: using.map(({ id }) => id) },
      );
    await deps.roles.remove(role.id);
    const { name, description, permissions } = role;
    await deps.events.append([
      {
        type: 'access.role-deleted',
        cause: input.cause,
        subjects: [{ kind: 'role', id: role.id, name }],
        data: { name, before: { name, description, permissions } },
      },
    ]);
  });
}
