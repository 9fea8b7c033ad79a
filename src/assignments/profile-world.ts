/** All profiles and who they are assigned to: as they are, or as they would be after a change that nobody has made. */
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Assignment } from './assignment.ts';
import type { CircumstanceDeps } from './circumstances.ts';
import type { Filter } from './filter/filter.ts';

export type ProfileWorld = {
  readonly profiles: readonly Profile[];
  readonly assignments: readonly Assignment[];
  /** Left out: those that are stored. */
  readonly filters?: readonly Filter[];
};

/** What decides in that world: its own filters, where it has any. */
export function circumstancesIn<Deps extends Pick<CircumstanceDeps, 'filters'>>(
  deps: Deps,
  { filters }: ProfileWorld,
): Deps {
  return filters === undefined ? deps : { ...deps, filters: { ...deps.filters, all: async () => filters } };
}

/** These profiles, and the SCEP profiles of which one is the root in either world: what becomes of it concerns them. */
export function concernedBy(focus: Iterable<ProfileId>, worlds: readonly ProfileWorld[]): ReadonlySet<ProfileId> {
  const concerned = new Set(focus);
  const roots = new Set(concerned);
  for (const { profiles } of worlds)
    for (const profile of profiles)
      if (profile.kind === 'scep' && roots.has(profile.settings.rootCertificate)) concerned.add(profile.id);
  return concerned;
}

/** The part of a world that decides about these profiles: they and their roots. */
export function partOf(world: ProfileWorld, wanted: ReadonlySet<ProfileId>): ProfileWorld {
  const kept = new Set(wanted);
  for (const profile of world.profiles)
    if (profile.kind === 'scep' && wanted.has(profile.id)) kept.add(profile.settings.rootCertificate);
  return {
    profiles: world.profiles.filter(({ id }) => kept.has(id)),
    assignments: world.assignments.filter(({ profileId }) => kept.has(profileId)),
  };
}
