import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import { devicesOfMembers } from './devices-of-members.ts';
import type { DirtyQueue } from './dirty-queue.ts';
import type { Group, GroupId, Member } from './group.ts';
import type { GroupStore } from './group-store.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { UserId } from './user.ts';
import type { UserStore } from './user-store.ts';

export type ChangeMembersInput = {
  readonly groupId: GroupId;
  readonly add: readonly Member[];
  readonly remove: readonly Member[];
  readonly cause: Cause;
};

/**
 * Adds to and removes from one group, and marks the devices of the members named, not those of the whole group. Answers
 * how many memberships changed. Fails with `group-not-found`, `member-not-found`, `wrong-group-kind`, `member-of-itself`.
 */
export async function changeMembers(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly groups: Pick<GroupStore, 'get' | 'changeMembers'>;
    readonly users: Pick<UserStore, 'getMany'>;
    readonly devices: Pick<DeviceStore, 'getMany'>;
    readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  { groupId, add, remove, cause }: ChangeMembersInput,
): Promise<number> {
  return deps.transact(async () => {
    const group = await deps.groups.get(groupId);
    if (group === null) {
      throw new Failure('not-found', 'group-not-found', 'There is no such group.', { group: groupId });
    }
    await checkAdded(deps, group, add);
    const memberships = (members: readonly Member[]) => members.map((member) => ({ groupId, member }));
    const changed = await deps.groups.changeMembers({ add: memberships(add), remove: memberships(remove) });
    if (changed === 0) return 0;
    await deps.dirtyQueue.mark(await devicesOfMembers(deps, [...add, ...remove]));
    await deps.events.append([
      {
        type: 'directory.changed',
        cause,
        subjects: [
          { kind: 'group', id: groupId, name: group.name },
          ...[...add, ...remove].map(({ kind, id }) => ({ kind, id })),
        ],
        data: { change: 'members', added: add.length, removed: remove.length, changed },
      },
    ]);
    return changed;
  });
}

async function checkAdded(
  deps: {
    readonly groups: Pick<GroupStore, 'get'>;
    readonly users: Pick<UserStore, 'getMany'>;
    readonly devices: Pick<DeviceStore, 'getMany'>;
  },
  group: Group,
  add: readonly Member[],
): Promise<void> {
  const idsOf = (kind: Member['kind']) => add.filter((member) => member.kind === kind).map(({ id }) => id);
  const present = new Set<string>();
  for (const { id } of await deps.users.getMany(idsOf('user') as UserId[])) present.add(id);
  for (const { id } of await deps.devices.getMany(idsOf('device') as DeviceId[])) present.add(id);
  for (const id of idsOf('group')) {
    const nested = await deps.groups.get(id as GroupId);
    if (nested !== null) present.add(id);
    if (nested !== null && nested.kind !== group.kind)
      throw wrongKind(group, `the ${nested.kind} group "${nested.name}"`);
  }
  for (const { kind, id } of add) {
    if (id === group.id) throw new Failure('invalid', 'member-of-itself', 'A group cannot be a member of itself.');
    if (!present.has(id)) throw new Failure('invalid', 'member-not-found', `There is no such ${kind}.`, { kind, id });
    if (kind !== 'group' && kind !== group.kind) throw wrongKind(group, `a ${kind}`);
  }
}

function wrongKind(group: Group, what: string): Failure {
  return new Failure('invalid', 'wrong-group-kind', `The ${group.kind} group "${group.name}" cannot hold ${what}.`);
}
