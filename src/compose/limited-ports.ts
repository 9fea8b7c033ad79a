/**
 * The ports that use cases of the administration write through, for callers within scope tags (docs/decisions/0036): they
 * change nothing that they do not see, assign to nothing beyond their scope groups, and what others have assigned stays as
 * it is. For everybody else they are the store's own.
 */
import { limitedViewer } from '../access/viewing.ts';
import { Failure } from '../lib/failure.ts';
import type { Profile } from '../profiles/profile.ts';
import { forgetView } from '../store/seen/view.ts';
import type { Ports, Store } from '../store/store.ts';
import { expectTargets } from './expect-targets.ts';

export type LimitedPorts = Pick<Ports, 'profiles' | 'filters' | 'assignments' | 'scopeTags' | 'groups'>;

export function limitedPorts(store: Store): LimitedPorts {
  const { profiles, filters, assignments, scopeTags, groups, seen } = store;
  /** What was just written may be seen where it was not before. */
  const written = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work;
    const viewer = limitedViewer();
    if (viewer !== null) forgetView(viewer);
    return result;
  };
  return {
    profiles: {
      ...profiles,
      async save(profile) {
        if (limitedViewer() !== null && profile.version > 1 && (await seen.profiles.get(profile.id)) === null)
          throw taken(profile);
        return written(profiles.save(profile));
      },
      async remove(id) {
        if (limitedViewer() !== null && (await seen.profiles.get(id)) === null)
          throw new Failure('not-found', 'profile-not-found', 'There is no such profile.');
        await profiles.remove(id);
      },
    },
    filters: {
      ...filters,
      async save(filter) {
        if (limitedViewer() !== null && filter.version > 1 && (await seen.filters.get(filter.id)) === null)
          throw new Failure('not-found', 'filter-not-found', 'There is no such filter.', { filter: filter.id });
        return written(filters.save(filter));
      },
    },
    scopeTags: { ...scopeTags, save: (tag) => written(scopeTags.save(tag)) },
    groups: {
      ...groups,
      save: (some) => written(groups.save(some)),
      changeMembers: (change) => written(groups.changeMembers(change)),
    },
    assignments: {
      all: () => (limitedViewer() === null ? assignments : seen.assignments).all(),
      byProfile: (id) => (limitedViewer() === null ? assignments : seen.assignments).byProfile(id),
      async replace(profileId, wanted) {
        const before = await assignments.byProfile(profileId);
        const shown = limitedViewer() === null ? before : await seen.assignments.byProfile(profileId);
        const ids = new Set(shown.map(({ id }) => id));
        const after = [...wanted, ...before.filter(({ id }) => !ids.has(id))];
        await expectTargets(store, profileId, before, after);
        await assignments.replace(profileId, after);
      },
    },
  };
}

/** A slug is one's own all over the installation, whoever may see it. */
function taken({ slug }: Profile): Failure {
  return new Failure('conflict', 'slug-taken', `Another profile has the slug “${slug}”: choose another.`, { slug });
}
