import type { DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { GroupId, Member } from './group.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { UserId } from './user.ts';

/** The devices that a change to these members touches: themselves, those of users, and all within groups. */
export async function devicesOfMembers(
  deps: {
    readonly devices: Pick<DeviceStore, 'list'>;
    readonly memberships: Pick<MembershipGraph, 'membersWithin'>;
  },
  members: readonly Member[],
): Promise<readonly DeviceId[]> {
  const devices = new Set<DeviceId>();
  const users = new Set<UserId>();
  const gather = ({ kind, id }: Member) => {
    if (kind === 'device') devices.add(id as DeviceId);
    if (kind === 'user') users.add(id as UserId);
  };
  for (const member of members) {
    gather(member);
    if (member.kind !== 'group') continue;
    for (const within of await deps.memberships.membersWithin(member.id as GroupId)) gather(within);
  }
  for (const user of users) for (const id of await devicesOfUser(deps.devices, user)) devices.add(id);
  return [...devices];
}

/** Those that name the user as primary user. */
export async function devicesOfUser(
  devices: Pick<DeviceStore, 'list'>,
  primaryUserId: UserId,
): Promise<readonly DeviceId[]> {
  const ids: DeviceId[] = [];
  let cursor: string | null = null;
  do {
    const page = await devices.list({ search: null, platform: null, primaryUserId }, { limit: 200, cursor });
    for (const { id } of page.items) ids.push(id);
    cursor = page.next;
  } while (cursor !== null);
  return ids;
}
