import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import { devicesOfMembers } from './devices-of-members.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { UserId } from './user.ts';
import type { UserStore } from './user-store.ts';

/** Removes users and marks their devices, which then belong to nobody. Answers how many there were. */
export async function removeUsers(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly users: Pick<UserStore, 'getMany' | 'remove'>;
    readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: { readonly userIds: readonly UserId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    const users = await deps.users.getMany(input.userIds);
    if (users.length === 0) return 0;
    const members = users.map(({ id }) => ({ kind: 'user', id }) as const);
    await deps.dirtyQueue.mark(await devicesOfMembers(deps, members));
    await deps.users.remove(users.map(({ id }) => id));
    await deps.events.append(
      users.map(({ id, userPrincipalName }) => ({
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'user', id, name: userPrincipalName }],
        data: { change: 'removed', userPrincipalName },
      })),
    );
    return users.length;
  });
}
