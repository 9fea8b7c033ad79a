/**
 * What a change of who is reached would do to deployments: of the directory, a filter or co-management. The dry run of
 * `impact`, with profiles and assignments as they are. Nothing is written. What becomes of a device that leaves itself is in
 * `leaving-impact.ts`.
 */
import type { Assignment } from '../assignments/assignment.ts';
import { type CoManagement, coManagedPlatforms } from '../assignments/co-management.ts';
import type { Filter } from '../assignments/filter/filter.ts';
import type { ReachDeps } from '../assignments/load-reach.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { GroupId, Member } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { UserId } from '../directory/user.ts';
import { type FindWantedDeps, wholeWorld } from './find-wanted.ts';
import { namedGroups } from './groups-within.ts';
import { type ImpactDeps, type ImpactInput, type ImpactItem, impact } from './impact.ts';

/** What somebody thinks of doing. */
export type ReachIntent =
  | DirectoryIntent
  | { readonly kind: 'filter'; readonly filter: Filter }
  | { readonly kind: 'co-management'; readonly setting: CoManagement };

type DirectoryIntent = GroupIntent | { readonly kind: 'delete-user'; readonly userId: UserId };

type GroupIntent =
  | {
      readonly kind: 'members';
      readonly groupId: GroupId;
      readonly add: readonly Member[];
      readonly remove: readonly Member[];
    }
  | { readonly kind: 'delete-group'; readonly groupId: GroupId };

export type ReachImpactDeps = ImpactDeps & { readonly groups: Pick<GroupStore, 'members'> };

export type ReachImpact = {
  readonly input: ImpactInput;
  /** Of the devices that the change may touch, in batches. */
  readonly items: AsyncGenerator<readonly ImpactItem[]>;
};

export async function reachImpact(
  deps: ReachImpactDeps,
  { intent }: { readonly intent: ReachIntent },
): Promise<ReachImpact> {
  const world = await wholeWorld(deps.wanted);
  const changed = await worldAfter(deps, world, intent);
  const input = {
    before: world,
    after: world,
    focus: changed.focus,
    ...(changed.deviceIds && { deviceIds: changed.deviceIds }),
  };
  return { input, items: impact({ ...deps, wanted: { ...deps.wanted, ...changed.wanted } }, input) };
}

type Changed = Pick<ImpactInput, 'focus' | 'deviceIds'> & { readonly wanted: Partial<FindWantedDeps> };

async function worldAfter(deps: ReachImpactDeps, world: ProfileWorld, intent: ReachIntent): Promise<Changed> {
  const { filters } = deps.wanted;
  if (intent.kind === 'filter') {
    const { filter } = intent;
    const replaced = async () => (await filters.all()).map((each) => (each.id === filter.id ? filter : each));
    const using = world.assignments.filter((assignment) => assignment.filter?.filterId === filter.id);
    return { focus: profilesOf(using), wanted: { filters: { all: replaced } } };
  }
  if (intent.kind === 'co-management') {
    const concerned = world.profiles.filter(({ settings }) => coManagedPlatforms.includes(settings.platform));
    return {
      focus: concerned.map(({ id }) => id),
      wanted: { coManagement: { get: async () => intent.setting } },
    };
  }
  return {
    focus: world.profiles.map(({ id }) => id),
    deviceIds: [...(await devicesOfMembers(deps.members, touched(intent)))].sort(),
    wanted: { reach: await reachAfter(deps, world, intent) },
  };
}

function profilesOf(assignments: readonly Assignment[]): ImpactInput['focus'] {
  return [...new Set(assignments.map(({ profileId }) => profileId))];
}

function touched(intent: DirectoryIntent): readonly Member[] {
  switch (intent.kind) {
    case 'members':
      return [...intent.add, ...intent.remove];
    case 'delete-group':
      return [{ kind: 'group', id: intent.groupId }];
    case 'delete-user':
      return [{ kind: 'user', id: intent.userId }];
  }
}

/** The directory as it would be: only the groups that are named anywhere decide, and are looked through anew. */
async function reachAfter(deps: ReachImpactDeps, world: ProfileWorld, intent: DirectoryIntent): Promise<ReachDeps> {
  const { reach, coManagement } = deps.wanted;
  if (intent.kind === 'delete-user')
    return { ...reach, users: { getMany: (ids) => reach.users.getMany(ids.filter((id) => id !== intent.userId)) } };
  const named = namedGroups(world.assignments, (await coManagement.get()).pilotGroup);
  const [above = []] = await reach.memberships.groupsOfMany([{ kind: 'group', id: intent.groupId }]);
  const within = new Map<GroupId, ReadonlySet<string>>();
  for (const id of new Set([intent.groupId, ...above]))
    if (named.has(id)) within.set(id, await membersAfter(deps.groups, id, intent));
  const groupsAfter = (member: Member, now: readonly GroupId[]) => [
    ...now.filter((id) => !within.has(id)),
    ...[...within].flatMap(([id, members]) => (members.has(keyOf(member)) ? [id] : [])),
  ];
  return {
    ...reach,
    memberships: {
      groupsOfMany: async (members) => {
        const now = await reach.memberships.groupsOfMany(members);
        return members.map((member, at) => groupsAfter(member, now[at] ?? []));
      },
    },
  };
}

/** Users and devices that would be in the group, directly or through nesting. */
async function membersAfter(
  groups: Pick<GroupStore, 'members'>,
  start: GroupId,
  intent: GroupIntent,
): Promise<ReadonlySet<string>> {
  const add = intent.kind === 'members' ? intent.add : [];
  const removed = new Set(intent.kind === 'members' ? intent.remove.map(keyOf) : []);
  const found = new Set<string>();
  const seen = new Set<GroupId>([start]);
  for (let level = [start]; level.length > 0; ) {
    const members: Member[] = level.includes(intent.groupId) ? [...add] : [];
    for (const { groupId, member } of await groups.members(level))
      if (groupId !== intent.groupId || !removed.has(keyOf(member))) members.push(member);
    level = [];
    for (const member of members) {
      if (member.kind !== 'group') found.add(keyOf(member));
      else if (!seen.has(member.id as GroupId) && !isDeleted(member, intent)) {
        seen.add(member.id as GroupId);
        level.push(member.id as GroupId);
      }
    }
  }
  return found;
}

function isDeleted({ id }: Member, intent: GroupIntent): boolean {
  return intent.kind === 'delete-group' && id === intent.groupId;
}

function keyOf({ kind, id }: Member): string {
  return `${kind} ${id}`;
}
