import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { User } from '../directory/user.ts';

/** What decides about assignments of a device itself: its platform and management, what rules and filters can ask. */
export type AssignableDevice = Pick<
  Device,
  | 'id'
  | 'deviceName'
  | 'platform'
  | 'management'
  | 'ownership'
  | 'osVersion'
  | 'osEdition'
  | 'trustType'
  | 'manufacturer'
  | 'model'
  | 'deviceCategory'
  | 'cpuArchitecture'
  | 'isRooted'
  | 'enrollmentProfileName'
  | 'coManagementWorkload'
  | 'primaryUserId'
  | 'reported'
  | 'registeredAt'
  | 'retiredAt'
  | 'retiredBy'
>;

/** As much of a `Reach` as decides. */
export type AssignableReach = Pick<Reach, 'deviceGroups' | 'userGroups'> & {
  readonly device: AssignableDevice;
  readonly user: Pick<User, 'id'> | null;
};

/** A device with all that assignments can name about it. */
export type Reach = {
  readonly device: Device;
  /** The primary user; null on devices that nobody owns. */
  readonly user: User | null;
  /** Every group that holds the device, directly or through nesting. */
  readonly deviceGroups: ReadonlySet<GroupId>;
  /** The same of the user; empty without one. */
  readonly userGroups: ReadonlySet<GroupId>;
};
