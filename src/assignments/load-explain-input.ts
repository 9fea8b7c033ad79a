import type { Group, GroupId, Membership } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { AssignmentStore } from './assignment-store.ts';
import { type CircumstanceDeps, loadCircumstances } from './circumstances.ts';
import type { ExplainInput } from './explain.ts';
import type { ReachDeps } from './load-reach.ts';
import type { Reach } from './reach.ts';

export type ExplainDeps = CircumstanceDeps & {
  readonly reach: ReachDeps;
  readonly groups: Pick<GroupStore, 'get' | 'members'>;
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly assignments: Pick<AssignmentStore, 'all'>;
};

/** Whom to explain it for; without a device, the user alone. */
export type Explained = Omit<Reach, 'device'> & { readonly device: Reach['device'] | null };

/** What explaining needs beside the reach, read once for several of them. */
export async function loadExplainInput(
  deps: ExplainDeps,
  reaches: readonly Explained[],
): Promise<(reach: Explained) => ExplainInput> {
  const held = new Set<GroupId>();
  for (const { deviceGroups, userGroups } of reaches) {
    for (const id of deviceGroups) held.add(id);
    for (const id of userGroups) held.add(id);
  }
  const circumstances = await loadCircumstances(deps);
  const { pilotGroup } = circumstances.coManagement;
  const named = pilotGroup === null ? [...held] : [...new Set([...held, pilotGroup])];
  const groups = (await Promise.all(named.map((id) => deps.groups.get(id)))).filter(
    (group): group is Group => group !== null,
  );
  const memberships = await deps.groups.members([...held]);
  const parents = parentsOf(memberships);
  const profiles = await deps.profiles.all();
  const assignments = await deps.assignments.all();
  return (reach) => {
    const holding = (kind: 'device' | 'user', id: string | undefined) =>
      memberships.filter(({ member }) => member.kind === kind && member.id === id).map(({ groupId }) => groupId);
    const direct = { device: holding('device', reach.device?.id), user: holding('user', reach.user?.id) };
    return { profiles, assignments, circumstances, nesting: { groups, parents, direct } };
  };
}

function parentsOf(memberships: readonly Membership[]): ReadonlyMap<GroupId, readonly GroupId[]> {
  const parents = new Map<GroupId, GroupId[]>();
  for (const { groupId, member } of memberships) {
    if (member.kind !== 'group') continue;
    const id = member.id as GroupId;
    const known = parents.get(id);
    if (known === undefined) parents.set(id, [groupId]);
    else known.push(groupId);
  }
  return parents;
}
