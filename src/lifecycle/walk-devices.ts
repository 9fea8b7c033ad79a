/**
 * What devices would have in a world of profiles and assignments: the same `findWanted` that reconciling runs, over all
 * devices that those can reach and those that have something of them, in batches, and without writing anything.
 */
import { namedMembers } from '../assignments/named-members.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import type { WantedDeployment } from '../deployments/plan.ts';
import type { Device, DeviceId } from '../directory/device.ts';
import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { GroupStore } from '../directory/group-store.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Platform } from '../directory/platform.ts';
import type { User, UserId } from '../directory/user.ts';
import { nextTask } from '../lib/next-task.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { DeviceWalk } from './device-walk.ts';
import { type FindWantedDeps, findWanted } from './find-wanted.ts';
import { groupsWithin } from './groups-within.ts';

export type WalkDeps = {
  readonly wanted: FindWantedDeps;
  readonly deviceWalk: DeviceWalk;
  readonly members: Parameters<typeof devicesOfMembers>[0] & {
    readonly groups: Pick<GroupStore, 'members'>;
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
    /** Whose devices are walked: whom they can reach, and who has something of them, also of such as the world has no more. */
    readonly profileIds: Iterable<ProfileId>;
    /** Of those profiles. */
    readonly platforms: Iterable<Platform>;
    /** These and no others. */
    readonly deviceIds?: readonly DeviceId[];
  },
): AsyncGenerator<WalkedDevices> {
  const { world } = input;
  const pause = deps.pause ?? nextTask;
  const all = input.deviceIds ?? (await devicesOf(deps, input));
  const memberships = input.deviceIds === undefined ? await knownGroups(deps, world) : deps.wanted.reach.memberships;
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
          memberships,
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
  const asked = new Set(profileIds);
  const includes = world.assignments.filter(({ mode, profileId }) => mode === 'include' && asked.has(profileId));
  const named = namedMembers(includes.map(({ target }) => target));
  for (const platform of new Set(platforms))
    if (named === 'everybody') await addAll(found, platform, deps.deviceWalk);
    else for (const id of await devicesOfMembers(deps.members, named, platform)) found.add(id);
  for (const profileId of asked) await addHolders(found, profileId, deps.deviceWalk);
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

/** Looked up once for all of them, instead of upwards from every device. */
async function knownGroups(
  { wanted, members, pause = nextTask }: WalkDeps,
  { assignments }: ProfileWorld,
): Promise<Pick<MembershipGraph, 'groupsOfMany'>> {
  const { pilotGroup } = await wanted.coManagement.get();
  const groupsOf = await groupsWithin({ ...members, pause }, assignments, pilotGroup);
  return {
    groupsOfMany: async (asked) => asked.map(({ kind, id }) => (kind === 'group' ? [] : [...groupsOf(kind, id)])),
  };
}

async function remember<Id, Item extends { readonly id: Id }>(
  known: Map<Id, Item>,
  loading: Promise<readonly Item[]>,
): Promise<readonly Item[]> {
  const items = await loading;
  for (const item of items) known.set(item.id, item);
  return items;
}
