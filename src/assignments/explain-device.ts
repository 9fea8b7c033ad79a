import type { DeviceId } from '../directory/device.ts';
import type { Group, GroupId, Membership } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import { Failure } from '../lib/failure.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { AssignmentStore } from './assignment-store.ts';
import { type Explanation, explain } from './explain.ts';
import { loadReach, type ReachDeps } from './load-reach.ts';
import type { Reach } from './resolve.ts';

/** Every profile for one device, with the reasons. Fails with `device-not-found`. */
export async function explainDevice(
  deps: {
    readonly reach: ReachDeps;
    readonly groups: Pick<GroupStore, 'get' | 'members'>;
    readonly profiles: Pick<ProfileStore, 'all'>;
    readonly assignments: Pick<AssignmentStore, 'all'>;
  },
  input: { readonly deviceId: DeviceId },
): Promise<readonly Explanation[]> {
  const reach = (await loadReach(deps.reach, [input.deviceId])).get(input.deviceId);
  if (reach === undefined) {
    throw new Failure('not-found', 'device-not-found', 'There is no such device.', { device: input.deviceId });
  }
  const held = new Set([...reach.deviceGroups, ...reach.userGroups]);
  const groups = await Promise.all([...held].map((id) => deps.groups.get(id)));
  return explain({
    profiles: await deps.profiles.all(),
    assignments: await deps.assignments.all(),
    reach,
    groups: groups.filter((group): group is Group => group !== null),
    ...nesting(await deps.groups.members([...held]), reach),
  });
}

function nesting(memberships: readonly Membership[], reach: Reach) {
  const parents = new Map<GroupId, GroupId[]>();
  const direct: { device: GroupId[]; user: GroupId[] } = { device: [], user: [] };
  for (const { groupId, member } of memberships) {
    if (member.kind === 'device' && member.id === reach.device.id) direct.device.push(groupId);
    if (member.kind === 'user' && member.id === reach.user?.id) direct.user.push(groupId);
    if (member.kind !== 'group') continue;
    const id = member.id as GroupId;
    const known = parents.get(id);
    if (known === undefined) parents.set(id, [groupId]);
    else known.push(groupId);
  }
  return { parents, direct };
}
