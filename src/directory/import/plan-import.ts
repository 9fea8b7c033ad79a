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
import type { Table } from './table.ts';
import type { DeviceTarget, MatchOptions, Target } from './target.ts';

export type ImportTables = {
  readonly users: Table<typeof userColumns> | null;
  readonly groups: Table<typeof groupColumns> | null;
  readonly members: Table<typeof memberColumns> | null;
  readonly devices: Table<typeof deviceColumns> | null;
};

export type ImportPlan = {
  readonly users: readonly Target<UserId>[];
  readonly groups: readonly Target<GroupId>[];
  readonly devices: readonly DeviceTarget[];
  readonly members: WantedMembers;
  /** What came by an import earlier and is in the files no more. Empty unless pruning. */
  readonly prune: {
    readonly users: readonly UserId[];
    readonly groups: readonly GroupId[];
    readonly devices: readonly DeviceId[];
  };
};

/** The plan is good for nothing when it found faults. */
export async function planImport(
  tables: ImportTables,
  index: DirectoryIndex,
  options: MatchOptions,
): Promise<ImportPlan> {
  const users = await matchUsers(tables.users, index, options);
  const groups = await matchGroups(tables.groups, index, options);
  const devices = await matchDevices(tables.devices, index, users.byPrincipalName, options);
  const members = await matchMembers(tables.members, { users, groups, devices }, options);
  return {
    users: users.targets,
    groups: groups.targets,
    devices: devices.targets,
    members,
    prune: { users: users.prune, groups: groups.prune, devices: devices.prune },
  };
}
