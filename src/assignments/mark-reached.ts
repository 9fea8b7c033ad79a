import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Platform } from '../directory/platform.ts';
import type { Assignment } from './assignment.ts';

export type MarkReachedDeps = {
  readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
};

/** Marks whatever the targets of these assignments reach. Everybody means everybody's devices of the profiles' platform. */
export async function markReached(
  deps: MarkReachedDeps,
  assignments: readonly Pick<Assignment, 'target'>[],
  platform: Platform,
): Promise<void> {
  const members = new Map<string, Member>();
  for (const { target } of assignments) {
    if (target.kind === 'allUsers' || target.kind === 'allDevices') return deps.dirtyQueue.markAll(platform);
    const member = memberOf(target);
    members.set(`${member.kind} ${member.id}`, member);
  }
  await deps.dirtyQueue.mark(await devicesOfMembers(deps, [...members.values()]));
}

function memberOf(target: Extract<Assignment['target'], { kind: 'group' | 'user' | 'device' }>): Member {
  switch (target.kind) {
    case 'group':
      return { kind: 'group', id: target.groupId };
    case 'user':
      return { kind: 'user', id: target.userId };
    case 'device':
      return { kind: 'device', id: target.deviceId };
  }
}
