import type { Assignment } from '../assignments/assignment.ts';
import type { GroupId } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import { nextTask } from '../lib/next-task.ts';

/** Of a user or a device: those of the named groups that hold it, directly or through nesting. */
export type GroupsOf = (kind: 'user' | 'device', id: string) => ReadonlySet<GroupId>;

/**
 * For whoever looks at very many devices: only groups that are named can decide anything. Those and what they hold are read
 * downwards, each once, instead of upwards from every device. Beside assignments, co-management names one.
 */
export async function groupsWithin(
  { groups, pause = nextTask }: { readonly groups: Pick<GroupStore, 'members'>; readonly pause?: () => Promise<void> },
  assignments: readonly Assignment[],
  pilotGroup: GroupId | null,
): Promise<GroupsOf> {
  const named = namedGroups(assignments, pilotGroup);
  const holding = { user: new Map<string, GroupId[]>(), device: new Map<string, GroupId[]>(), group: new Map() };
  const met = new Set(named);
  // Those that are met on the way come after these.
  for (const groupId of met) {
    for (const { member } of await groups.members([groupId])) {
      if (member.kind === 'group') met.add(member.id as GroupId);
      const known = holding[member.kind].get(member.id);
      if (known === undefined) holding[member.kind].set(member.id, [groupId]);
      else known.push(groupId);
    }
    await pause();
  }
  const above = namedAbove(named, holding.group);
  return (kind, id) => {
    const direct = holding[kind].get(id);
    if (direct === undefined) return none;
    const [first, ...others] = direct.map(above);
    return others.reduce((all, some) => all.union(some), first ?? none);
  };
}

/** Those that decide anything. */
export function namedGroups(assignments: readonly Assignment[], pilotGroup: GroupId | null): ReadonlySet<GroupId> {
  const named = new Set<GroupId>(pilotGroup === null ? [] : [pilotGroup]);
  for (const { target } of assignments) if (target.kind === 'group') named.add(target.groupId);
  return named;
}

const none: ReadonlySet<GroupId> = new Set();

/** Of a group that was met: the named ones that it is, or lies in. Each is looked up once. */
function namedAbove(
  named: ReadonlySet<GroupId>,
  parents: ReadonlyMap<string, readonly GroupId[]>,
): (groupId: GroupId) => ReadonlySet<GroupId> {
  const known = new Map<GroupId, ReadonlySet<GroupId>>();
  return (groupId) => {
    let found = known.get(groupId);
    if (found === undefined) {
      const seen = new Set([groupId]);
      for (const each of seen) for (const parent of parents.get(each) ?? []) seen.add(parent);
      found = seen.intersection(named);
      known.set(groupId, found);
    }
    return found;
  };
}
