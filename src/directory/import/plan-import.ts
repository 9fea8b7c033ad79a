/** What an import would do, from the parsed files and an index of the directory: targets and faults. Pure. */
import type { DeviceId } from '../device.ts';
import type { GroupId } from '../group.ts';
import type { UserId } from '../user.ts';
import type { deviceColumns, groupColumns, memberColumns, userColumns } from './columns.ts';
import type { DirectoryIndex } from './directory-index.ts';
import { matchDevices } from './match-devices.ts';
import { matchGroups } from './match-groups.ts';
import { matchMembers, type WantedMembers } from './match-members.ts';
import { matchUsers } from './match-users.ts';
import type { Table } from './read-table.ts';
import type { DeviceTarget, MatchOptions, Target } from './target.ts';

export type ImportTables = {
  readonly users: Table<typeof userColumns> | null;
  readonly groups: Table<typeof groupColumns> | null;
  readonly members: Table<typeof memberColumns> | null;
  readonly devices: Table<typeof deviceColumns> | null;
};

export type ImportPlan = {
  readonly users: readonly Target<UserId, typeof userColumns>[];
  readonly groups: readonly Target<GroupId, typeof groupColumns>[];
  readonly devices: readonly DeviceTarget[];
  readonly members: WantedMembers;
  /** What came by an import earlier and is in the files no more. Empty unless pruning. */
  readonly prune: {
    readonly users: readonly UserId[];
    readonly groups: readonly GroupId[];
    readonly devices: readonly DeviceId[];
  };
};

/** Faults of what the files say together land in the tables; the plan is good for nothing unless there are none. */
export function planImport(tables: ImportTables, index: DirectoryIndex, options: MatchOptions): ImportPlan {
  const users = matchUsers(tables.users, index, options);
  const groups = matchGroups(tables.groups, index, options);
  const devices = matchDevices(tables.devices, index, users.byPrincipalName, options);
  const members = matchMembers(tables.members, { users, groups, devices });
  return {
    users: users.targets,
    groups: groups.targets,
    devices: devices.targets,
    members,
    prune: { users: users.prune, groups: groups.prune, devices: devices.prune },
  };
}
