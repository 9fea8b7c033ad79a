/**
 * What devices would have in a world of profiles and assignments: the same `findWanted` that reconciling runs, over all
 * devices that those can reach and those that have something of them, in batches, and without writing anything.
 */
import type { Assignment } from '../assignments/assignment.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import type { WantedDeployment } from '../deployments/plan.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { GroupId, Member } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Platform } from '../directory/platform.ts';
import type { User, UserId } from '../directory/user.ts';
import { nextTask } from '../lib/next-task.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { DeviceWalk } from './device-walk.ts';
import { type FindWantedDeps, findWanted } from './find-wanted.ts';

export type WalkDeps = {
  readonly wanted: FindWantedDeps;
  readonly deviceWalk: DeviceWalk;
  readonly members: Parameters<typeof devicesOfMembers>[0] & {
    readonly memberships: Pick<MembershipGraph, 'membersWithin'>;
  };
  /** Lets others have the event loop between two batches. */
  readonly pause?: () => Promise<void>;
};

export type WalkedDevices = {
  readonly deviceIds: readonly DeviceId[];
  readonly wanted: ReadonlyMap<DeviceId, readonly WantedDeployment[]>;
  readonly devices: ReadonlyMap<DeviceId, Device>;
  readonly users: ReadonlyMap<UserId, User>;
};

const batchSize = 500;
const pageSize = 5000;

/** `world` is all that counts: profiles that are not in it, and their deployments, are left out. */
export async function* walkDevices(
  deps: WalkDeps,
  input: {
    readonly world: ProfileWorld;
    /** Of which deployments may be there, also of profiles that the world has no more. */
    readonly profileIds: Iterable<ProfileId>;
    /** Of those profiles. */
    readonly platforms: Iterable<Platform>;
  },
): AsyncGenerator<WalkedDevices> {
  const { world } = input;
  const pause = deps.pause ?? nextTask;
  const { pilotGroup } = await deps.wanted.coManagement.get();
  const groups = await loadGroups(deps.members.memberships, world.assignments, pilotGroup);
  const all = await devicesOf(deps, input);
  const load = async (at: number): Promise<WalkedDevices> => {
    const deviceIds = all.slice(at, at + batchSize);
    const devices = new Map<DeviceId, Device>();
    const users = new Map<UserId, User>();
    const { reach } = deps.wanted;
    const wanted = await findWanted(
      {
        ...deps.wanted,
        reach: {
          ...reach,
          devices: { getMany: (ids) => remember(devices, reach.devices.getMany(ids)) },
          users: { getMany: (ids) => remember(users, reach.users.getMany(ids)) },
          memberships: { groupsOfMany: async (members) => members.map(groups) },
        },
      },
      deviceIds,
      world,
    );
    return { deviceIds, wanted, devices, users };
  };
  // A database of its own reads the next batch while this one is looked at.
  let ahead = all.length > 0 ? load(0) : null;
  for (let at = batchSize; ahead !== null; at += batchSize) {
    const walked = await ahead;
    ahead = at < all.length ? load(at) : null;
    // Whoever stops here does not hear of it any more.
    ahead?.catch(() => undefined);
    yield walked;
    await pause();
  }
}

/** In order of id, so that two walks of the same world show the same first names. */
async function devicesOf(
  deps: WalkDeps,
  { world, profileIds, platforms }: Parameters<typeof walkDevices>[1],
): Promise<readonly DeviceId[]> {
  const found = new Set<DeviceId>();
  const includes = world.assignments.filter(({ mode }) => mode === 'include').map(({ target }) => target);
  if (includes.some(({ kind }) => kind === 'allDevices' || kind === 'allUsers')) {
    for (const platform of new Set(platforms)) await addAll(found, platform, deps.deviceWalk);
  } else {
    const members = includes.flatMap((target): Member[] => {
      switch (target.kind) {
        case 'group':
          return [{ kind: 'group', id: target.groupId }];
        case 'user':
          return [{ kind: 'user', id: target.userId }];
        case 'device':
          return [{ kind: 'device', id: target.deviceId }];
        default:
          return [];
      }
    });
    for (const id of await devicesOfMembers(deps.members, members)) found.add(id);
  }
  for (const profileId of profileIds) await addHolders(found, profileId, deps.deviceWalk);
  return [...found].sort();
}

async function addAll(found: Set<DeviceId>, platform: Platform, walk: DeviceWalk): Promise<void> {
  let after: DeviceId | null = null;
  do {
    const page: readonly DeviceId[] = await walk.ofPlatform(platform, after, pageSize);
    for (const id of page) found.add(id);
    after = page.length < pageSize ? null : (page.at(-1) ?? null);
  } while (after !== null);
}

async function addHolders(found: Set<DeviceId>, profileId: ProfileId, walk: DeviceWalk): Promise<void> {
  let after: Awaited<ReturnType<DeviceWalk['withProfile']>>[number] | null = null;
  do {
    const page: Awaited<ReturnType<DeviceWalk['withProfile']>> = await walk.withProfile(
      profileId,
      after?.deploymentId ?? null,
      pageSize,
    );
    for (const { deviceId } of page) found.add(deviceId);
    after = page.length < pageSize ? null : (page.at(-1) ?? null);
  } while (after !== null);
}

/**
 * Only groups that are named can decide anything: those are walked once, downwards, instead of upwards from every device.
 * Beside assignments, co-management names one.
 */
async function loadGroups(
  memberships: Pick<MembershipGraph, 'membersWithin'>,
  assignments: readonly Assignment[],
  pilotGroup: GroupId | null,
): Promise<(member: Member) => readonly GroupId[]> {
  const named = new Set<GroupId>(pilotGroup === null ? [] : [pilotGroup]);
  for (const { target } of assignments) if (target.kind === 'group') named.add(target.groupId);
  const within = new Map<string, GroupId[]>();
  for (const groupId of named) {
    for (const { kind, id } of await memberships.membersWithin(groupId)) {
      const key = `${kind} ${id}`;
      const known = within.get(key);
      if (known === undefined) within.set(key, [groupId]);
      else known.push(groupId);
    }
  }
  const none: readonly GroupId[] = [];
  return ({ kind, id }) => within.get(`${kind} ${id}`) ?? none;
}

async function remember<Id, Item extends { readonly id: Id }>(
  known: Map<Id, Item>,
  loading: Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items = await loading;
  for (const item of items) known.set(item.id, item);
  return items;
}
