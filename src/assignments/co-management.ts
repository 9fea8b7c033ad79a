/**
 * Who manages a co-managed Windows device (intune-domain 4.9). The device's workload says: another manager, this server, or
 * pilot. A pilot is ours when it is in the pilot group; while no group is chosen, the device's own word is enough.
 */
import { readWorkload } from '../directory/co-management-workload.ts';
import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { Platform } from '../directory/platform.ts';

export type CoManagement = {
  /** A group of devices; null: every device that says pilot is ours. */
  readonly pilotGroup: GroupId | null;
};

/** Where there is such a thing. */
export const coManagedPlatforms: readonly Platform[] = ['windows10', 'windows81'];

/** A setting of the installation. */
export type CoManagementStore = {
  get(): Promise<CoManagement>;
  put(setting: CoManagement): Promise<void>;
};

export type Workload = 'otherManager' | 'pilot' | 'thisServer';

/** What the directory's word means; no word leaves a device to us. */
export function workloadOf({
  platform,
  coManagementWorkload,
}: Pick<Device, 'platform' | 'coManagementWorkload'>): Workload {
  if (!coManagedPlatforms.includes(platform)) return 'thisServer';
  switch (readWorkload(coManagementWorkload ?? '')) {
    case 'configurationManager':
      return 'otherManager';
    case 'pilot':
      return 'pilot';
    default:
      return 'thisServer';
  }
}
