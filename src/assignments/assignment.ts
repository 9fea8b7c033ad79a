/** Who gets a profile: included and excluded groups, users, devices, or everybody. Exclusion wins. */

import type { DeviceId } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { UserId } from '../directory/user.ts';
import type { Branded } from '../lib/ids.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

export type AssignmentId = Branded<'AssignmentId'>;

export type AssignmentTarget =
  | { readonly kind: 'allUsers' }
  | { readonly kind: 'allDevices' }
  | { readonly kind: 'group'; readonly groupId: GroupId }
  | { readonly kind: 'user'; readonly userId: UserId }
  | { readonly kind: 'device'; readonly deviceId: DeviceId };

export type Assignment = {
  readonly id: AssignmentId;
  readonly profileId: ProfileId;
  readonly mode: 'include' | 'exclude';
  readonly target: AssignmentTarget;
};
