import type { DeviceId } from './device.ts';
import type { Member } from './group.ts';
import type { MembershipGraph } from './membership-graph.ts';
import type { Platform } from './platform.ts';

/** Members per query. */
const atOnce = 5000;

/** The devices that a change to these members touches: themselves, those of users, and all within groups; or those of a platform. */
export async function devicesOfMembers(
  deps: { readonly memberships: Pick<MembershipGraph, 'devicesOf'> },
  members: readonly Member[],
  platform?: Platform,
): Promise<readonly DeviceId[]> {
  if (members.length <= atOnce) return deps.memberships.devicesOf(members, platform);
  const devices = new Set<DeviceId>();
  for (let at = 0; at < members.length; at += atOnce) {
    for (const id of await deps.memberships.devicesOf(members.slice(at, at + atOnce), platform)) devices.add(id);
  }
  return [...devices];
}
