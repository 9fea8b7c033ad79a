import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { GrantedPermission } from './permission.ts';
import { everywhere, type Principal } from './principal.ts';
import { isBuiltIn, type Role, type RoleId, type RoleStore } from './role.ts';
import { expectWithinRights } from './within-rights.ts';

/**
 * Makes a role (`id` null) or changes one. Failures: `role-not-found`, `role-version` (If-Match), `role-built-in`,
 * `role-name-taken`, `beyond-own-rights`: whoever has the role has what is added at once, wherever they have it.
 */
export async function saveRole(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly roles: Pick<RoleStore, 'get' | 'all' | 'save'>;
  },
  input: {
    readonly id: RoleId | null;
    readonly version: number | null;
    readonly name: string;
    readonly description: string;
    readonly permissions: readonly GrantedPermission[];
    readonly by: Principal;
    readonly cause: Cause;
  },
): Promise<Role> {
  const { id, version, description, by, cause } = input;
  const name = input.name.trim();
  const permissions = [...new Set(input.permissions)].sort();
  return deps.transact(async () => {
    const known = id === null ? null : await expectRole(deps.roles, id, version);
    if (known !== null && isBuiltIn(known)) throw builtIn();
    const before: readonly GrantedPermission[] = known?.permissions ?? [];
    expectWithinRights(by, { permissions: permissions.filter((each) => !before.includes(each)), scope: everywhere });
    const namesake = (await deps.roles.all()).find((role) => role.id !== id && keyOf(role.name) === keyOf(name));
    if (namesake !== undefined)
      throw new Failure('conflict', 'role-name-taken', `Another role is named “${namesake.name}”.`, {
        name: namesake.name,
      });
    const now = deps.clock.now();
    const role: Role = {
      id: known?.id ?? newId<RoleId>(deps.clock),
      name,
      description,
      permissions,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
    const changes = fieldChanges(known, role, ['name', 'description', 'permissions']);
    if (known !== null && changes.length === 0) return known;
    if (!(await deps.roles.save(role))) throw versionFailure(role.version - 1, null);
    await deps.events.append([
      {
        type: 'access.role-saved',
        cause,
        subjects: [{ kind: 'role', id: role.id, name }],
        data: { name, version: role.version, changes },
      },
    ]);
    return role;
  });
}

function keyOf(name: string): string {
  return name.toLowerCase().normalize('NFC');
}

/** The role, when it is there and of the version that was edited. */
export async function expectRole(roles: Pick<RoleStore, 'get'>, id: RoleId, version: number | null): Promise<Role> {
  const known = await roles.get(id);
  if (known === null) throw new Failure('not-found', 'role-not-found', 'There is no such role.', { role: id });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

export function builtIn(): Failure {
  return new Failure('invalid', 'role-built-in', 'This role is built in and never changes. Make one of your own.');
}

function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the role meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'role-version', message, { expected, found });
}
