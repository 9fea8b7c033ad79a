/** Whether a device is of the kind that a profile is made for: platform, kind of management, and who manages it. */
import type { Device } from '../directory/device.ts';
import { type Management, managementFits, managementsOf, type Platform } from '../directory/platform.ts';

export type GateReason =
  | { readonly code: 'retired' }
  | { readonly code: 'wrong-platform'; readonly profile: Platform; readonly device: Platform }
  | { readonly code: 'wrong-management'; readonly allowed: readonly Management[]; readonly device: Management | null }
  | { readonly code: 'other-manager'; readonly workload: string };

/** All that stands in the way; empty when the device may have profiles of that platform. */
export function platformGate(profilePlatform: Platform, device: Device): readonly GateReason[] {
  const reasons: GateReason[] = [];
  if (device.retiredAt !== null) reasons.push({ code: 'retired' });
  if (device.platform !== profilePlatform) {
    // intune-domain 4.7
    reasons.push({ code: 'wrong-platform', profile: profilePlatform, device: device.platform });
  } else if (!managementFits(profilePlatform, device.management)) {
    reasons.push({ code: 'wrong-management', allowed: managementsOf[profilePlatform], device: device.management });
  }
  if (managedElsewhere(device)) {
    reasons.push({ code: 'other-manager', workload: device.coManagementWorkload ?? '' });
  }
  return reasons;
}

/** intune-domain 4.9: the Resource access workload of a co-managed Windows device. */
function managedElsewhere(device: Device): boolean {
  const windows = device.platform === 'windows10' || device.platform === 'windows81';
  return windows && device.coManagementWorkload?.toLowerCase() === 'configurationmanager';
}
