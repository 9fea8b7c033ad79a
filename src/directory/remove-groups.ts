import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { devicesOfMembers } from './devices-of-members.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { Group, GroupId } from './group.ts';
import type { GroupStore } from './group-store.ts';
import { type GroupUses, groupInUseText } from './group-uses.ts';
import type { MembershipGraph } from './membership-graph.ts';

/**
 * Removes groups, not their members, and marks every device within. Answers how many there were. All stay when one is in
 * use: a profile would reach others without it. Failure: `group-in-use`, with `profiles` and their modes, and `pilotGroup`.
 */
export async function removeGroups(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly groups: Pick<GroupStore, 'get' | 'remove'>;
    readonly groupUses: GroupUses;
    readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: { readonly groupIds: readonly GroupId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    const groups: Group[] = [];
    for (const id of new Set(input.groupIds)) {
      const group = await deps.groups.get(id);
      if (group !== null) groups.push(group);
    }
    if (groups.length === 0) return 0;
    await expectUnused(deps.groupUses, groups);
    const members = groups.map(({ id }) => ({ kind: 'group', id }) as const);
    await deps.dirtyQueue.mark(await devicesOfMembers(deps, members));
    await deps.groups.remove(groups.map(({ id }) => id));
    await deps.events.append(
      groups.map(({ id, name, kind, description }) => ({
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'group', id, name }],
        data: { change: 'removed', name, before: { name, kind, description } },
      })),
    );
    return groups.length;
  });
}

async function expectUnused(groupUses: GroupUses, groups: readonly Group[]): Promise<void> {
  const used = await groupUses(groups.map(({ id }) => id));
  for (const { id, name } of groups) {
    const uses = used.get(id);
    if (uses === undefined) continue;
    throw new Failure('conflict', 'group-in-use', groupInUseText(name, uses), {
      group: name,
      profiles: uses.flatMap((use) => (use.kind === 'assignment' ? [{ ...use.profile, mode: use.mode }] : [])),
      pilotGroup: uses.some(({ kind }) => kind === 'pilotGroup'),
    });
  }
}
