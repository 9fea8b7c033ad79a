import { limitedViewer } from '../access/viewing.ts';
import type { applyProfiles } from '../assignments/apply-profiles.ts';
import type { FilterId } from '../assignments/filter/filter.ts';
import { demandEverything } from '../http/caller.ts';
import type { Bound } from '../lib/bound.ts';
import { Failure } from '../lib/failure.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Store } from '../store/store.ts';

/** Of answers about profiles those about profiles that whoever looks may see. */
export async function seenProfiles<Item extends { readonly profile: { readonly id: string } }>(
  { seen }: Pick<Store, 'seen'>,
  items: readonly Item[],
): Promise<readonly Item[]> {
  if (limitedViewer() === null) return items;
  const ids = new Set<string>((await seen.profiles.all()).map(({ id }) => id));
  return items.filter(({ profile }) => ids.has(profile.id));
}

/** Documents are compared with all profiles, as slugs are one's own everywhere; whoever means one that they do not see learns nothing of it. */
export function applyWithin(
  { seen }: Pick<Store, 'seen'>,
  apply: Bound<typeof applyProfiles>,
): Bound<typeof applyProfiles> {
  return async (input) => {
    if (limitedViewer() === null) return apply(input);
    if (input.prune !== null) demandEverything('To delete what no document means');
    const result = await apply(input);
    for (const { id, slug } of result.items)
      if (
        id !== null &&
        (await seen.profiles.get(id as ProfileId)) === null &&
        (await seen.filters.get(id as FilterId)) === null
      )
        throw new Failure('conflict', 'slug-taken', `Another profile has the slug “${slug}”: choose another.`, {
          slug,
        });
    return result;
  };
}
