import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Assignment } from './assignment.ts';

export type MarkReachedDeps = {
  readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
};

/**
 * Marks, for their profile, whatever the targets of these assignments of it reach. Everybody means everybody's devices of the
 * profile's platform.
 */
export async function markReached(
  deps: MarkReachedDeps,
  assignments: readonly Pick<Assignment, 'target'>[],
  { id, settings }: Pick<Profile, 'id'> & { readonly settings: Pick<Profile['settings'], 'platform'> },
): Promise<void> {
  const members = new Map<string, Member>();
  for (const { target } of assignments) {
    if (target.kind === 'allUsers' || target.kind === 'allDevices')
      return deps.dirtyQueue.markAll(settings.platform, id);
    const member = memberOf(target);
    members.set(`${member.kind} ${member.id}`, member);
  }
  await deps.dirtyQueue.mark(await devicesOfMembers(deps, [...members.values()]), id);
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
