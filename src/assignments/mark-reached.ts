import { devicesOfMembers } from '../directory/devices-of-members.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Assignment } from './assignment.ts';
import { namedMembers } from './named-members.ts';

export type MarkReachedDeps = {
  readonly memberships: Pick<MembershipGraph, 'devicesOf'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark' | 'markAll'>;
};

/**
 * Marks, for their profile, the devices of its platform that the targets of these assignments of it reach.
 */
export async function markReached(
  deps: MarkReachedDeps,
  assignments: readonly Pick<Assignment, 'target'>[],
  { id, settings }: Pick<Profile, 'id'> & { readonly settings: Pick<Profile['settings'], 'platform'> },
): Promise<void> {
  const named = namedMembers(assignments.map(({ target }) => target));
  if (named === 'everybody') return deps.dirtyQueue.markAll(settings.platform, id);
  await deps.dirtyQueue.mark(await devicesOfMembers(deps, named, settings.platform), id);
}
