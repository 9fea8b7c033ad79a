/**
 * How many devices SCEP profiles reach without their root, without a user, and so on, with the first names: who is assigned
 * what is resolved for those devices that their assignments can name, in batches, and nothing is filled in.
 */
import type { Assignment, AssignmentTarget } from '../assignments/assignment.ts';
import { loadCircumstances } from '../assignments/circumstances.ts';
import { namedMembers } from '../assignments/named-members.ts';
import type { AssignableDevice, AssignableReach } from '../assignments/reach.ts';
import { resolve } from '../assignments/resolve.ts';
import { targetKey } from '../assignments/target-key.ts';
import { nextTask } from '../lib/next-task.ts';
import type { ScepProfile, TrustedCertificateProfile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ReachedDevices, RuleFacts } from '../profiles/rules/rule.ts';
import { assignableDevices } from './assignable-devices.ts';
import { type GroupsOf, groupsWithin } from './groups-within.ts';
import type { WalkDeps } from './walk-devices.ts';

/** A SCEP profile that is assigned, and its root. */
export type RootedProfile = {
  readonly profile: ScepProfile;
  readonly root: TrustedCertificateProfile;
  readonly own: readonly Assignment[];
  readonly roots: readonly Assignment[];
};

export type Reached = {
  readonly reach: NonNullable<RuleFacts['reach']>;
  /** By the SCEP profile, and not by its root. */
  readonly uncovered: ReachedDevices;
};

type CountDeps = Omit<WalkDeps, 'wanted'> & { readonly wanted: Pick<WalkDeps['wanted'], 'filters' | 'coManagement'> };

/** By SCEP profile. In order of id, so that two counts of the same world show the same first names. */
export async function countReached(
  deps: CountDeps,
  pairs: readonly RootedProfile[],
): Promise<ReadonlyMap<ProfileId, Reached>> {
  const tallies = new Map(pairs.map(({ profile }) => [profile.id, newTally()]));
  if (pairs.length === 0) return tallies;
  const circumstances = await loadCircumstances(deps.wanted);
  const assignments = pairs.flatMap(({ own, roots }) => [...own, ...roots]);
  const groupsOf = await groupsWithin(
    { ...deps.members, pause: deps.pause ?? nextTask },
    assignments,
    circumstances.coManagement.pilotGroup,
  );
  const naming = pairsNaming(pairs);
  for await (const devices of devicesNamedBy(deps, pairs)) {
    for (const device of devices) {
      const reach = reachOf(device, groupsOf);
      const rooted = new Map<ProfileId, boolean>();
      for (const { profile, root, own, roots } of naming(reach)) {
        const tally = tallies.get(profile.id);
        if (tally === undefined || !resolve(profile, own, reach, circumstances).applies) continue;
        if (device.primaryUserId === null) note(tally.reach.devicesWithoutUser, device);
        if (device.management === 'dedicated') note(tally.reach.dedicatedDevices, device);
        const covered = rooted.get(root.id) ?? resolve(root, roots, reach, circumstances).applies;
        rooted.set(root.id, covered);
        if (!covered) note(tally.uncovered, device);
      }
    }
  }
  return tallies;
}

function reachOf(device: AssignableDevice, groupsOf: GroupsOf): AssignableReach {
  const { id, primaryUserId } = device;
  return {
    device,
    user: primaryUserId === null ? null : { id: primaryUserId },
    deviceGroups: groupsOf('device', id),
    userGroups: primaryUserId === null ? nobodys : groupsOf('user', primaryUserId),
  };
}

const nobodys: AssignableReach['userGroups'] = new Set();

/** Of very many pairs few name a device: those are found by what they name. */
function pairsNaming(pairs: readonly RootedProfile[]): (reach: AssignableReach) => Iterable<RootedProfile> {
  const byTarget = new Map<string, RootedProfile[]>();
  for (const pair of pairs)
    for (const key of new Set(includesOf([pair]).map(targetKey))) {
      const known = byTarget.get(key);
      if (known === undefined) byTarget.set(key, [pair]);
      else known.push(pair);
    }
  return ({ device, user, deviceGroups, userGroups }) => {
    const found = new Set<RootedProfile>();
    const add = (target: AssignmentTarget) => {
      for (const pair of byTarget.get(targetKey(target)) ?? []) found.add(pair);
    };
    add({ kind: 'allDevices' });
    add({ kind: 'device', deviceId: device.id });
    for (const groupId of deviceGroups) add({ kind: 'group', groupId });
    if (user === null) return found;
    add({ kind: 'allUsers' });
    add({ kind: 'user', userId: user.id });
    for (const groupId of userGroups) add({ kind: 'group', groupId });
    return found;
  };
}

function includesOf(pairs: readonly RootedProfile[]): readonly AssignmentTarget[] {
  return pairs.flatMap(({ own }) => own.filter(({ mode }) => mode === 'include').map(({ target }) => target));
}

/** Each once. Of those whom the SCEP profiles do not name nobody asks. */
async function* devicesNamedBy(
  deps: CountDeps,
  pairs: readonly RootedProfile[],
): AsyncGenerator<readonly AssignableDevice[]> {
  const { pause = nextTask } = deps;
  for (const [platform, own] of Map.groupBy(pairs, ({ profile }) => profile.settings.platform)) {
    const named = namedMembers(includesOf(own));
    for await (const devices of assignableDevices(deps, platform, named)) {
      yield devices;
      await pause();
    }
  }
}

type Tally = { count: number; readonly names: string[] };

function newTally() {
  const none = (): Tally => ({ count: 0, names: [] });
  return { reach: { devicesWithoutUser: none(), dedicatedDevices: none() }, uncovered: none() };
}

/** As `ReachedDevices` says. */
const mostNames = 20;

function note(tally: Tally, { deviceName }: AssignableDevice): void {
  if (tally.count++ < mostNames) tally.names.push(deviceName);
}
