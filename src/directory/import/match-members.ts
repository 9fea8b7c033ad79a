import { didYouMean } from '../../lib/nearest.ts';
import type { Group, GroupId, Member } from '../group.ts';
import type { memberColumns } from './columns.ts';
import type { Faults, RowFault } from './import-fault.ts';
import type { MatchedDevices } from './match-devices.ts';
import type { MatchedGroups } from './match-groups.ts';
import type { MatchedUsers } from './match-users.ts';
import type { TableRow } from './read-table.ts';
import type { Table } from './table.ts';
import type { MatchOptions } from './target.ts';

/** Direct members by group; one that was said twice stands twice. Ids are never shared between kinds. */
export type WantedMembers = ReadonlyMap<GroupId, WantedOfGroup>;

export type WantedOfGroup = {
  /** Users or devices. */
  readonly own: readonly string[];
  readonly groups: readonly string[];
  /** What `own` are. */
  readonly kind: Group['kind'];
};

type Known = {
  readonly users: MatchedUsers;
  readonly groups: MatchedGroups;
  readonly devices: MatchedDevices;
  readonly faults: Faults<RowFault>;
};
type MemberTable = Table<typeof memberColumns>;
type MemberRow = TableRow<typeof memberColumns>;

/**
 * Users by userPrincipalName, groups by name, devices by name or, where two share one, by deviceId. A membership that is
 * said twice counts once. Groups may hold each other in circles, but not themselves.
 */
export async function matchMembers(
  table: MemberTable | null,
  matched: Omit<Known, 'faults'>,
  { faults }: Pick<MatchOptions, 'faults'>,
): Promise<WantedMembers> {
  const known: Known = { ...matched, faults: faults.members };
  const wanted = new Map<GroupId, { own: string[]; groups: string[]; kind: Group['kind'] }>();
  for await (const row of table?.rows() ?? []) {
    const group = groupOf(row, 'groupName', known);
    const member = memberOf(row, known);
    if (group === null || member === null || !kindFits(row, group.kind, member, known.faults)) continue;
    if (member.id === group.id) {
      refuse(known.faults, row, 'member', 'member-of-itself', `"${row.cells.member}" cannot be a member of itself.`);
      continue;
    }
    const members = wanted.get(group.id) ?? { own: [], groups: [], kind: group.kind ?? 'user' };
    (member.kind === 'group' ? members.groups : members.own).push(member.id);
    wanted.set(group.id, members);
  }
  return wanted;
}

type FoundMember = Member & { readonly groupKind: Group['kind'] | null };

function memberOf(row: MemberRow, known: Known): FoundMember | null {
  const { member, memberKind } = row.cells;
  if (!member || !memberKind) return null;
  if (memberKind === 'group') {
    const group = groupOf(row, 'member', known);
    return group === null ? null : { kind: 'group', id: group.id, groupKind: group.kind };
  }
  if (memberKind === 'user') {
    const id = known.users.byPrincipalName.get(member.toLowerCase());
    if (id !== undefined) return { kind: 'user', id, groupKind: 'user' };
    return unknown(known.faults, row, 'user', member, known.users.byPrincipalName);
  }
  const named = known.devices.byName.get(member.toLowerCase()) ?? [];
  const [id = known.devices.byManagedId.get(member.toLowerCase())] = named;
  if (named.length > 1) {
    const detail = `${named.length} devices are named "${member}": write the deviceId of the one that is meant.`;
    return refuse(known.faults, row, 'member', 'ambiguous-member', detail);
  }
  if (id !== undefined) return { kind: 'device', id, groupKind: 'device' };
  return unknown(known.faults, row, 'device', member, known.devices.byName);
}

function kindFits(row: MemberRow, kind: Group['kind'] | null, member: FoundMember, faults: Faults<RowFault>): boolean {
  if (kind === null || member.groupKind === null || member.groupKind === kind) return true;
  const what = member.kind === 'group' ? `the ${member.groupKind} group` : `the ${member.kind}`;
  const detail = `"${row.cells.groupName}" is a ${kind} group and cannot hold ${what} "${row.cells.member}".`;
  refuse(faults, row, 'member', 'wrong-group-kind', detail);
  return false;
}

function groupOf(row: MemberRow, column: 'groupName' | 'member', known: Known) {
  const { groups } = known;
  const name = row.cells[column];
  if (!name) return null;
  const found = groups.byName.get(name.toLowerCase()) ?? [];
  const [group] = found;
  if (group === undefined) return unknown(known.faults, row, 'group', name, groups.byName, column);
  if (found.length === 1) return group;
  const detail = `The directory holds ${found.length} groups named "${name}": rename all but one.`;
  return refuse(known.faults, row, column, 'ambiguous-group', detail);
}

function unknown(
  faults: Faults<RowFault>,
  row: MemberRow,
  what: 'user' | 'group' | 'device',
  name: string,
  names: ReadonlyMap<string, unknown>,
  column: 'groupName' | 'member' = 'member',
): null {
  // Among very many names the search would cost more than the hint is worth.
  const hint = didYouMean(name, names.size > 5000 ? [] : [...names.keys()], 'Add it, or mend the name.');
  const code = column === 'groupName' || what === 'group' ? 'unknown-group' : 'unknown-member';
  return refuse(faults, row, column, code, `There is no ${what} "${name}". ${hint}`);
}

function refuse(
  faults: Faults<RowFault>,
  row: MemberRow,
  column: 'groupName' | 'member',
  code: string,
  detail: string,
): null {
  faults.push({ row: row.number, name: column, code, detail });
  return null;
}
