import type { Assignment } from '../assignments/assignment.ts';
import type { GroupId, Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';

/** Of a user or a device: those of the named groups that hold it. */
export type GroupsOf = (kind: Member['kind'], id: string) => ReadonlySet<GroupId>;

/**
 * For whoever looks at very many devices: only groups that are named can decide anything, and those are walked once,
 * downwards, instead of upwards from every device. Beside assignments, co-management names one.
 */
export async function groupsWithin(
  memberships: Pick<MembershipGraph, 'membersWithin'>,
  assignments: readonly Assignment[],
  pilotGroup: GroupId | null,
): Promise<GroupsOf> {
  const named = new Set<GroupId>(pilotGroup === null ? [] : [pilotGroup]);
  for (const { target } of assignments) if (target.kind === 'group') named.add(target.groupId);
  const within = { user: new Map<string, Set<GroupId>>(), device: new Map<string, Set<GroupId>>(), group: new Map() };
  for (const groupId of named) {
    for (const { kind, id } of await memberships.membersWithin(groupId)) {
      const known = within[kind].get(id);
      if (known === undefined) within[kind].set(id, new Set([groupId]));
      else known.add(groupId);
    }
  }
  return (kind, id) => within[kind].get(id) ?? none;
}

const none: ReadonlySet<GroupId> = new Set();
