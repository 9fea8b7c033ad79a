import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceStore } from './device-store.ts';
import { devicesOfUser } from './devices-of-members.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { UserId } from './user.ts';
import type { UserStore } from './user-store.ts';

/** Removes users and marks their devices, which then belong to nobody. Answers how many there were. */
export async function removeUsers(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly users: Pick<UserStore, 'getMany' | 'remove'>;
    readonly devices: Pick<DeviceStore, 'list'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: { readonly userIds: readonly UserId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    const users = await deps.users.getMany(input.userIds);
    if (users.length === 0) return 0;
    for (const { id } of users) await deps.dirtyQueue.mark(await devicesOfUser(deps.devices, id));
    await deps.users.remove(users.map(({ id }) => id));
    await deps.events.append(
      users.map(({ id, userPrincipalName }) => ({
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'user', id }],
        data: { change: 'removed', userPrincipalName },
      })),
    );
    return users.length;
  });
}
