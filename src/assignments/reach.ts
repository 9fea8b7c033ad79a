import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { User } from '../directory/user.ts';

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
