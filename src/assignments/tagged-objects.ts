import type { Cause } from '../events/event.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { retagProfile } from '../profiles/retag-profile.ts';
import type { StoreVersionDeps } from '../profiles/store-version.ts';
import { type SaveFilterDeps, saveFilter } from './filter/save-filter.ts';

export type TaggedObjectDeps = SaveFilterDeps &
  StoreVersionDeps & { readonly profiles: Pick<ProfileStore, 'all' | 'save'> };

type IsTag = (name: string) => boolean;

/** The profiles and filters that carry a scope tag. */
export async function carryingScopeTag(
  deps: Pick<TaggedObjectDeps, 'profiles' | 'filters'>,
  isTag: IsTag,
): Promise<readonly { readonly kind: 'profile' | 'filter'; readonly name: string }[]> {
  const carries = ({ scopeTags }: { readonly scopeTags: readonly string[] }) => scopeTags.some(isTag);
  const profiles = (await deps.profiles.all()).filter(carries);
  const filters = (await deps.filters.all()).filter(carries);
  return [
    ...profiles.map(({ name }) => ({ kind: 'profile', name }) as const),
    ...filters.map(({ name }) => ({ kind: 'filter', name }) as const),
  ];
}

/** They carry `name` instead; each becomes its next version. Inside a transaction. */
export async function renameScopeTag(deps: TaggedObjectDeps, isTag: IsTag, name: string, cause: Cause): Promise<void> {
  const renamed = (tags: readonly string[]) => [...new Set(tags.map((tag) => (isTag(tag) ? name : tag)))];
  for (const profile of await deps.profiles.all())
    if (profile.scopeTags.some(isTag))
      await retagProfile(deps, { profile, scopeTags: renamed(profile.scopeTags), cause });
  for (const filter of await deps.filters.all())
    if (filter.scopeTags.some(isTag))
      await saveFilter(deps, { ...filter, scopeTags: renamed(filter.scopeTags), cause });
}
