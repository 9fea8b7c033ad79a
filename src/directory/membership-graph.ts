import type { DeviceId } from './device.ts';
import type { GroupId, Member } from './group.ts';
import type { Platform } from './platform.ts';

/** Walks of the nested groups; kept apart from `GroupStore` because it is read on hot paths. */
export type MembershipGraph = {
  /** Every group that holds the member, directly or through nesting. Cycles are harmless. */
  groupsOf(member: Member): Promise<readonly GroupId[]>;
  /** For each of the members: as `groupsOf`, in the order given. */
  groupsOfMany(members: readonly Member[]): Promise<readonly (readonly GroupId[])[]>;
  /**
   * Each once: the devices among the members, those of users, and those of all within groups; in the order of ids. All, or
   * those of one platform.
   */
  devicesOf(members: readonly Member[], platform?: Platform): Promise<readonly DeviceId[]>;
  /** In the transaction that wrote very many users, devices or memberships: walks are quick from its end on, and not some time later. */
  refresh(): Promise<void>;
};
