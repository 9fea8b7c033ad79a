/** Whether a device is of the kind that a profile is made for: platform, kind of management, and who manages it. */

import type { Retirement } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import { type Management, managementFits, managementsOf, type Platform } from '../directory/platform.ts';
import { type CoManagement, workloadOf } from './co-management.ts';
import type { AssignableReach } from './reach.ts';

export type GateReason =
  | { readonly code: 'retired'; readonly how: Retirement | null }
  | { readonly code: 'wrong-platform'; readonly profile: Platform; readonly device: Platform }
  | { readonly code: 'wrong-management'; readonly allowed: readonly Management[]; readonly device: Management | null }
  /** `pilotGroup`: the one that the device, which is a pilot, is not in; null: its workload lies with the other manager. */
  | { readonly code: 'other-manager'; readonly workload: string; readonly pilotGroup: GroupId | null };

/** All that stands in the way; empty when the device may have profiles of that platform. */
export function platformGate(
  profilePlatform: Platform,
  { device, deviceGroups }: Pick<AssignableReach, 'device' | 'deviceGroups'>,
  { pilotGroup }: CoManagement,
): readonly GateReason[] {
  const reasons: GateReason[] = [];
  if (device.retiredAt !== null) reasons.push({ code: 'retired', how: device.retiredBy });
  if (device.platform !== profilePlatform) {
    // intune-domain 4.7
    reasons.push({ code: 'wrong-platform', profile: profilePlatform, device: device.platform });
  } else if (!managementFits(profilePlatform, device.management)) {
    reasons.push({ code: 'wrong-management', allowed: managementsOf[profilePlatform], device: device.management });
  }
  const workload = device.coManagementWorkload ?? '';
  switch (workloadOf(device)) {
    case 'otherManager':
      reasons.push({ code: 'other-manager', workload, pilotGroup: null });
      break;
    case 'pilot':
      if (pilotGroup !== null && !deviceGroups.has(pilotGroup))
        reasons.push({ code: 'other-manager', workload, pilotGroup });
      break;
    case 'thisServer':
  }
  return reasons;
}
