import type { AssignmentStore } from '../assignments/assignment-store.ts';
import { type CircumstanceDeps, loadCircumstances } from '../assignments/circumstances.ts';
import { type ReachDeps, reachOf } from '../assignments/load-reach.ts';
import type { ProfileWorld } from '../assignments/profile-world.ts';
import type { Reach } from '../assignments/reach.ts';
import { resolve } from '../assignments/resolve.ts';
import type { WantedDeployment } from '../deployments/plan.ts';
import type { DeviceId } from '../directory/device.ts';
import { isFailure } from '../lib/failure.ts';
import type { ExpectationResult } from '../profiles/expectation.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { resolveExpectation } from '../profiles/resolve-expectation.ts';
import type { ProfileFacts } from '../profiles/resolve-variables.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';

export type FindWantedDeps = CircumstanceDeps & {
  readonly reach: ReachDeps;
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly assignments: Pick<AssignmentStore, 'all'>;
};

/** All that there is now. */
export async function wholeWorld(deps: Pick<FindWantedDeps, 'profiles' | 'assignments'>): Promise<ProfileWorld> {
  const [profiles, assignments] = await Promise.all([deps.profiles.all(), deps.assignments.all()]);
  return { profiles, assignments };
}

/** By device: the profiles of `world` that it should have now, each filled in. Devices that do not exist want nothing. */
export async function findWanted(
  deps: Omit<FindWantedDeps, 'profiles' | 'assignments'>,
  deviceIds: readonly DeviceId[],
  given: ProfileWorld | Promise<ProfileWorld>,
): Promise<ReadonlyMap<DeviceId, readonly WantedDeployment[]>> {
  const [world, circumstances, devices] = await Promise.all([
    given,
    loadCircumstances(deps),
    deps.reach.devices.getMany(deviceIds),
  ]);
  const { profiles } = world;
  const assignments = Map.groupBy(world.assignments, (assignment) => assignment.profileId);
  // Profiles of other platforms are most of them, and never apply.
  const assigned = Map.groupBy(
    profiles.filter(({ id }) => assignments.has(id)),
    ({ settings }) => settings.platform,
  );
  const wanted = new Map<DeviceId, readonly WantedDeployment[]>();
  // Where no group is named, none decides.
  const grouped =
    circumstances.coManagement.pilotGroup !== null || world.assignments.some(({ target }) => target.kind === 'group');
  const reaching = grouped ? deps.reach : { ...deps.reach, memberships: nobodysGroups };
  for (const [id, reach] of await reachOf(reaching, devices)) {
    const applying = (assigned.get(reach.device.platform) ?? []).filter(
      (profile) => resolve(profile, assignments.get(profile.id) ?? [], reach, circumstances).applies,
    );
    wanted.set(
      id,
      applying.map((profile) => fillIn(profile, reach)),
    );
  }
  return wanted;
}

const nobodysGroups: ReachDeps['memberships'] = { groupsOfMany: async (members) => members.map(() => []) };

function fillIn(profile: Profile, { device, user }: Reach): WantedDeployment {
  if (profile.kind === 'trustedCertificate') return { profile, userId: null, result: null };
  const userId = profile.settings.certificateType === 'user' ? (user?.id ?? null) : null;
  return { profile, userId, result: expectationFor(profile.settings, { user, device }) };
}

/**
 * A profile that was stored by an earlier release and cannot be read any more fails where it applies, with its reason, and
 * holds up nothing else.
 */
function expectationFor(settings: ScepSettings, facts: ProfileFacts): ExpectationResult {
  try {
    return resolveExpectation(settings, facts);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { kind: 'failed', failure: { code: error.code, detail: error.message, unresolved: [] } };
  }
}
