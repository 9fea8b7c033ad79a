import type { Group, GroupId, Member } from '../group.ts';
import type { memberColumns } from './columns.ts';
import type { MatchedDevices } from './match-devices.ts';
import type { MatchedGroups } from './match-groups.ts';
import type { MatchedUsers } from './match-users.ts';
import { didYouMean } from './nearest.ts';
import { faultAt, type Table, type TableRow } from './read-table.ts';

/** Direct members by group, each once, by `kind id`. */
export type WantedMembers = ReadonlyMap<GroupId, ReadonlyMap<string, Member>>;

type Known = { readonly users: MatchedUsers; readonly groups: MatchedGroups; readonly devices: MatchedDevices };
type MemberTable = Table<typeof memberColumns>;
type MemberRow = TableRow<typeof memberColumns>;

/**
 * Users by userPrincipalName, groups by name, devices by name or, where two share one, by deviceId. A membership that is
 * said twice counts once. Groups may hold each other in circles, but not themselves.
 */
export function matchMembers(table: MemberTable | null, known: Known): WantedMembers {
  const wanted = new Map<GroupId, Map<string, Member>>();
  for (const row of table?.rows ?? []) {
    if (table === null) continue;
    const group = groupOf(table, row, 'groupName', known.groups);
    const member = memberOf(table, row, known);
    if (group === null || member === null || !kindFits(table, row, group.kind, member)) continue;
    if (member.id === group.id) {
      refuse(table, row, 'member', 'member-of-itself', `"${row.cells.member}" cannot be a member of itself.`);
      continue;
    }
    const members = wanted.get(group.id) ?? new Map<string, Member>();
    members.set(`${member.kind} ${member.id}`, { kind: member.kind, id: member.id });
    wanted.set(group.id, members);
  }
  return wanted;
}

type FoundMember = Member & { readonly groupKind: Group['kind'] | null };

function memberOf(table: MemberTable, row: MemberRow, known: Known): FoundMember | null {
  const { member, memberKind } = row.cells;
  if (!member || !memberKind) return null;
  if (memberKind === 'group') {
    const group = groupOf(table, row, 'member', known.groups);
    return group === null ? null : { kind: 'group', id: group.id, groupKind: group.kind };
  }
  if (memberKind === 'user') {
    const id = known.users.byPrincipalName.get(member.toLowerCase());
    if (id !== undefined) return { kind: 'user', id, groupKind: 'user' };
    return unknown(table, row, 'user', member, known.users.byPrincipalName);
  }
  const named = known.devices.byName.get(member.toLowerCase()) ?? [];
  const [id = known.devices.byManagedId.get(`managedDeviceId ${member.toLowerCase()}`)] = named;
  if (named.length > 1) {
    const detail = `${named.length} devices are named "${member}": write the deviceId of the one that is meant.`;
    return refuse(table, row, 'member', 'ambiguous-member', detail);
  }
  if (id !== undefined) return { kind: 'device', id, groupKind: 'device' };
  return unknown(table, row, 'device', member, known.devices.byName);
}

function kindFits(table: MemberTable, row: MemberRow, kind: Group['kind'] | null, member: FoundMember): boolean {
  if (kind === null || member.groupKind === null || member.groupKind === kind) return true;
  const what = member.kind === 'group' ? `the ${member.groupKind} group` : `the ${member.kind}`;
  const detail = `"${row.cells.groupName}" is a ${kind} group and cannot hold ${what} "${row.cells.member}".`;
  refuse(table, row, 'member', 'wrong-group-kind', detail);
  return false;
}

function groupOf(table: MemberTable, row: MemberRow, column: 'groupName' | 'member', groups: MatchedGroups) {
  const name = row.cells[column];
  if (!name) return null;
  const found = groups.byName.get(name.toLowerCase()) ?? [];
  const [group] = found;
  if (group === undefined) return unknown(table, row, 'group', name, groups.byName, column);
  if (found.length === 1) return group;
  const detail = `The directory holds ${found.length} groups named "${name}": rename all but one.`;
  return refuse(table, row, column, 'ambiguous-group', detail);
}

function unknown(
  table: MemberTable,
  row: MemberRow,
  what: 'user' | 'group' | 'device',
  name: string,
  names: ReadonlyMap<string, unknown>,
  column: 'groupName' | 'member' = 'member',
): null {
  // Among very many names the search would cost more than the hint is worth.
  const hint = didYouMean(name, names.size > 5000 ? [] : [...names.keys()], 'Add it, or mend the name.');
  const code = column === 'groupName' || what === 'group' ? 'unknown-group' : 'unknown-member';
  return refuse(table, row, column, code, `There is no ${what} "${name}". ${hint}`);
}

function refuse(
  table: MemberTable,
  row: MemberRow,
  column: 'groupName' | 'member',
  code: string,
  detail: string,
): null {
  table.faults.push(faultAt(table.file, row, column, code, detail));
  return null;
}
