import type { Device, DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { GroupId, Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { UserId } from '../directory/user.ts';
import type { UserStore } from '../directory/user-store.ts';
import type { Reach } from './reach.ts';

export type ReachDeps = {
  readonly devices: Pick<DeviceStore, 'getMany'>;
  readonly users: Pick<UserStore, 'getMany'>;
  readonly memberships: Pick<MembershipGraph, 'groupsOfMany'>;
};

/** Three reads for any number of devices. Devices that do not exist have no entry. */
export async function loadReach(
  deps: ReachDeps,
  deviceIds: readonly DeviceId[],
): Promise<ReadonlyMap<DeviceId, Reach>> {
  return reachOf(deps, await deps.devices.getMany(deviceIds));
}

/** The same of devices that have been read. */
export async function reachOf(
  deps: Pick<ReachDeps, 'users' | 'memberships'>,
  devices: readonly Device[],
): Promise<ReadonlyMap<DeviceId, Reach>> {
  const userIds = userIdsOf(devices);
  const members: Member[] = [
    ...devices.map((device): Member => ({ kind: 'device', id: device.id })),
    ...userIds.map((id): Member => ({ kind: 'user', id })),
  ];
  const [found, groupsOf] = await Promise.all([deps.users.getMany(userIds), deps.memberships.groupsOfMany(members)]);
  const users = new Map(found.map((user) => [user.id, user]));
  const groups = new Map<string, ReadonlySet<GroupId>>();
  for (const [at, ids] of groupsOf.entries()) {
    const member = members[at];
    if (member !== undefined) groups.set(`${member.kind} ${member.id}`, new Set(ids));
  }
  const none: ReadonlySet<GroupId> = new Set();
  return new Map(
    devices.map((device) => {
      const user = (device.primaryUserId !== null && users.get(device.primaryUserId)) || null;
      const deviceGroups = groups.get(`device ${device.id}`) ?? none;
      const userGroups = (user !== null && groups.get(`user ${user.id}`)) || none;
      return [device.id, { device, user, deviceGroups, userGroups }];
    }),
  );
}

function userIdsOf(devices: readonly Device[]): readonly UserId[] {
  const ids = new Set<UserId>();
  for (const { primaryUserId } of devices) if (primaryUserId !== null) ids.add(primaryUserId);
  return [...ids];
}
