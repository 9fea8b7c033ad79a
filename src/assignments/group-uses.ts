import type { GroupId } from '../directory/group.ts';
import type { GroupUse, GroupUses } from '../directory/group-uses.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { AssignmentStore } from './assignment-store.ts';
import type { CoManagementStore } from './co-management.ts';

/** Which profiles include and exclude the groups, by name, and whether one is the pilot group. */
export async function groupUses(
  deps: {
    readonly assignments: Pick<AssignmentStore, 'all'>;
    readonly profiles: Pick<ProfileStore, 'all'>;
    readonly coManagement: Pick<CoManagementStore, 'get'>;
  },
  groupIds: Parameters<GroupUses>[0],
): ReturnType<GroupUses> {
  const asked = new Set(groupIds);
  const uses = new Map<GroupId, GroupUse[]>();
  const add = (id: GroupId, use: GroupUse) => {
    const known = uses.get(id);
    if (known === undefined) uses.set(id, [use]);
    else known.push(use);
  };
  const assignments = Map.groupBy(await deps.assignments.all(), ({ profileId }) => profileId);
  for (const { id, name, slug } of await deps.profiles.all())
    for (const { target, mode } of assignments.get(id) ?? [])
      if (target.kind === 'group' && asked.has(target.groupId))
        add(target.groupId, { kind: 'assignment', mode, profile: { id, name, slug } });
  const { pilotGroup } = await deps.coManagement.get();
  if (pilotGroup !== null && asked.has(pilotGroup)) add(pilotGroup, { kind: 'pilotGroup' });
  return uses;
}
