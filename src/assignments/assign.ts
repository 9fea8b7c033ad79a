import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileHistory } from '../profiles/profile-history.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { Assignment, AssignmentId, AssignmentTarget } from './assignment.ts';
import type { AssignmentStore } from './assignment-store.ts';

export type NewAssignment = Pick<Assignment, 'mode' | 'target'>;

/**
 * The given assignments become the profile's only ones; those that stood there already keep their ids. Marks the devices
 * that the difference can touch. Same ones again: no event, nothing marked. Fails with `profile-not-found`.
 * Whether the targets exist is checked where names become ids.
 */
export async function assign(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly profiles: Pick<ProfileStore, 'get'>;
    readonly profileHistory: Pick<ProfileHistory, 'record'>;
    readonly assignments: Pick<AssignmentStore, 'byProfile' | 'replace'>;
    readonly memberships: Pick<MembershipGraph, 'membersWithin'>;
    readonly devices: Pick<DeviceStore, 'list'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
  },
  input: { readonly profileId: ProfileId; readonly assignments: readonly NewAssignment[]; readonly cause: Cause },
): Promise<readonly Assignment[]> {
  return deps.transact(async () => {
    const profile = await deps.profiles.get(input.profileId);
    if (profile === null) {
      throw new Failure('not-found', 'profile-not-found', 'There is no such profile.', { profile: input.profileId });
    }
    const before = await deps.assignments.byProfile(input.profileId);
    const known = new Map(before.map((assignment) => [keyOf(assignment), assignment]));
    const after = new Map<string, Assignment>();
    for (const { mode, target } of input.assignments) {
      const key = keyOf({ mode, target });
      const id = known.get(key)?.id ?? newId<AssignmentId>(deps.clock);
      after.set(key, { id, profileId: input.profileId, mode, target });
    }
    const added = [...after].filter(([key]) => !known.has(key)).map(([, assignment]) => assignment);
    const removed = before.filter((assignment) => !after.has(keyOf(assignment)));
    const all = [...after.values()];
    if (added.length === 0 && removed.length === 0) return all;
    await deps.assignments.replace(input.profileId, all);
    await markTouched(deps, [...added, ...removed]);
    const changes = [
      { path: 'assignments', before: before.map(briefly), after: all.map(briefly), effect: 'none' },
    ] as const;
    await deps.profileHistory.record(
      {
        id: newId(deps.clock),
        profileId: profile.id,
        kind: 'assigned',
        version: profile.version,
        restoredFrom: null,
        at: deps.clock.now(),
        cause: input.cause,
        changes,
      },
      [profile],
    );
    await deps.events.append([
      {
        type: 'assignment.changed',
        cause: input.cause,
        subjects: [{ kind: 'profile', id: input.profileId }],
        data: { added: added.map(briefly), removed: removed.map(briefly) },
      },
    ]);
    return all;
  });
}

function briefly({ mode, target }: NewAssignment): NewAssignment {
  return { mode, target };
}

function keyOf({ mode, target }: NewAssignment): string {
  switch (target.kind) {
    case 'allUsers':
    case 'allDevices':
      return `${mode} ${target.kind}`;
    case 'group':
      return `${mode} group ${target.groupId}`;
    case 'user':
      return `${mode} user ${target.userId}`;
    case 'device':
      return `${mode} device ${target.deviceId}`;
  }
}

async function markTouched(
  deps: {
    readonly memberships: Pick<MembershipGraph, 'membersWithin'>;
    readonly devices: Pick<DeviceStore, 'list'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
  },
  changed: readonly Assignment[],
): Promise<void> {
  const targets: AssignmentTarget[] = changed.map(({ target }) => target);
  if (targets.some(({ kind }) => kind === 'allUsers' || kind === 'allDevices')) return deps.dirtyQueue.markAll();
  const members: Member[] = [];
  for (const target of targets) {
    if (target.kind === 'group') members.push({ kind: 'group', id: target.groupId });
    if (target.kind === 'user') members.push({ kind: 'user', id: target.userId });
    if (target.kind === 'device') members.push({ kind: 'device', id: target.deviceId });
  }
  const touched: readonly DeviceId[] = await devicesOfMembers(deps, members);
  await deps.dirtyQueue.mark(touched);
}
