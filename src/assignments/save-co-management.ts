import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { type CoManagement, type CoManagementStore, coManagedPlatforms } from './co-management.ts';

/**
 * Chooses the pilot group, or none, and marks all Windows devices: who is a pilot no index says. The same again writes
 * nothing. Failures: `group-not-found`, `wrong-group-kind` for a group of users.
 */
export async function saveCoManagement(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly coManagement: CoManagementStore;
    readonly groups: Pick<GroupStore, 'get'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'markAll'>;
  },
  { setting, cause }: { readonly setting: CoManagement; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const { pilotGroup } = setting;
    const group = pilotGroup === null ? null : await deps.groups.get(pilotGroup);
    if (pilotGroup !== null && group === null)
      throw new Failure('not-found', 'group-not-found', 'There is no such group.', { group: pilotGroup });
    if (group?.kind === 'user')
      throw new Failure(
        'invalid',
        'wrong-group-kind',
        `“${group.name}” is a group of users. Pilots are devices: choose a group of devices.`,
        { group: group.name },
      );
    const before = (await deps.coManagement.get()).pilotGroup;
    if (before === pilotGroup) return;
    const former = before === null ? null : await deps.groups.get(before);
    await deps.coManagement.put(setting);
    for (const platform of coManagedPlatforms) await deps.dirtyQueue.markAll(platform);
    await deps.events.append([
      {
        type: 'assignment.co-management-changed',
        cause,
        subjects: pilotGroup === null ? [] : [{ kind: 'group', id: pilotGroup }],
        data: {
          pilotGroup: group?.name ?? null,
          before: { pilotGroup: former?.name ?? before },
          after: { pilotGroup: group?.name ?? null },
        },
      },
    ]);
  });
}
