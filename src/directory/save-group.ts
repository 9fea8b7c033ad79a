import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { fieldChanges } from '../events/field-change.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Group, GroupId } from './group.ts';
import type { GroupStore } from './group-store.ts';

export type SaveGroupInput = {
  /** Null: a new group. */
  readonly id: GroupId | null;
  readonly name: string;
  readonly kind: Group['kind'];
  readonly description: string;
  readonly cause: Cause;
};

/**
 * Makes or changes a group; no certificate depends on its name, so no device is marked. Fails with `group-not-found`,
 * `group-name-missing`, `group-name-taken`, `group-kind-changed`.
 */
export async function saveGroup(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly groups: Pick<GroupStore, 'get' | 'findByName' | 'save'>;
  },
  input: SaveGroupInput,
): Promise<Group> {
  return deps.transact(async () => {
    const { name, kind, description } = input;
    const known = input.id === null ? null : await deps.groups.get(input.id);
    if (input.id !== null && known === null) {
      throw new Failure('not-found', 'group-not-found', 'There is no such group.', { group: input.id });
    }
    if (name === '') throw new Failure('invalid', 'group-name-missing', 'A group needs a name.');
    if (known !== null && known.kind !== kind) {
      throw new Failure('invalid', 'group-kind-changed', "A group's kind cannot change: make another group.");
    }
    const now = deps.clock.now();
    const id = known?.id ?? newId<GroupId>(deps.clock);
    if ((await deps.groups.findByName(name)).some((other) => other.id !== id)) {
      throw new Failure('conflict', 'group-name-taken', `Another group is named "${name}".`, { name });
    }
    if (known !== null && known.name === name && known.description === description) return known;
    const group: Group = { id, name, kind, description, createdAt: known?.createdAt ?? now, updatedAt: now };
    await deps.groups.save([group]);
    await deps.events.append([
      {
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'group', id, name }],
        data: {
          change: known === null ? 'created' : 'updated',
          name,
          changes: fieldChanges(known, group, ['name', 'kind', 'description']),
        },
      },
    ]);
    return group;
  });
}
