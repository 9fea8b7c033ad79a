/** Who gets a profile: included and excluded groups, users, devices, or everybody. Exclusion wins. */

import type { DeviceId } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { UserId } from '../directory/user.ts';
import type { Branded } from '../lib/ids.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { FilterId } from './filter/filter.ts';

export type AssignmentId = Branded<'AssignmentId'>;

export type AssignmentTarget =
  | { readonly kind: 'allUsers' }
  | { readonly kind: 'allDevices' }
  | { readonly kind: 'group'; readonly groupId: GroupId }
  | { readonly kind: 'user'; readonly userId: UserId }
  | { readonly kind: 'device'; readonly deviceId: DeviceId };

/** `include`: of those whom the target reaches, only devices that answer to the filter; `exclude`: only the others. */
export type AssignmentFilter = { readonly filterId: FilterId; readonly mode: 'include' | 'exclude' };

export type Assignment = {
  readonly id: AssignmentId;
  readonly profileId: ProfileId;
  readonly mode: 'include' | 'exclude';
  readonly target: AssignmentTarget;
  /** Null on exclusions, always. */
  readonly filter: AssignmentFilter | null;
};
