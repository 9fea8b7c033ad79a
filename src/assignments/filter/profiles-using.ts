import type { ProfileStore } from '../../profiles/profile-store.ts';
import type { AssignmentStore } from '../assignment-store.ts';
import type { FilterId } from './filter.ts';

/** The profiles whose assignments use a filter, by name. */
export async function profilesUsing(
  deps: { readonly assignments: Pick<AssignmentStore, 'all'>; readonly profiles: Pick<ProfileStore, 'all'> },
  id: FilterId,
): Promise<readonly { readonly id: string; readonly name: string; readonly slug: string }[]> {
  const ids = new Set<string>();
  for (const { filter, profileId } of await deps.assignments.all()) if (filter?.filterId === id) ids.add(profileId);
  if (ids.size === 0) return [];
  const profiles = (await deps.profiles.all()).filter((profile) => ids.has(profile.id));
  return profiles.map(({ id: profile, name, slug }) => ({ id: profile, name, slug }));
}
