import type { Assignment } from '../assignments/assignment.ts';
import { evaluateFilter } from '../assignments/filter/evaluate-filter.ts';
import type { Filter, FilterId } from '../assignments/filter/filter.ts';
import type { FilterStore } from '../assignments/filter/filter-store.ts';
import { namedMembers } from '../assignments/named-members.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import type { AssignableDevice } from '../assignments/reach.ts';
import type { Platform } from '../directory/platform.ts';
import { nextTask } from '../lib/next-task.ts';
import { type AssignableDevicesDeps, assignableDevices } from './assignable-devices.ts';

export type CountTargetsDeps = AssignableDevicesDeps & {
  readonly filters: Pick<FilterStore, 'get'>;
  /** Lets others have the event loop between two batches. */
  readonly pause?: () => Promise<void>;
};

/**
 * How many devices of the platform each assignment names by itself and its filter lets through, in their order. What the
 * others take away is `impact`'s to say, and so is who waits for the first inventory.
 */
export async function countTargets(
  deps: CountTargetsDeps,
  { assignments, platform }: { readonly assignments: readonly NewAssignment[]; readonly platform: Platform },
): Promise<readonly number[]> {
  const filters = new Map<FilterId, Filter | null>();
  for (const { filter } of assignments)
    if (filter != null && !filters.has(filter.filterId))
      filters.set(filter.filterId, await deps.filters.get(filter.filterId));
  const counts = assignments.map(() => 0);
  const count = async (places: readonly number[], named: ReturnType<typeof namedMembers>) => {
    if (places.length === 0) return;
    for await (const devices of assignableDevices(deps, platform, named)) {
      for (const at of places) {
        const { target, filter = null } = assignments[at] as NewAssignment;
        const reached = devices.filter((device) => isNamed(device, target) && passes(device, filter, filters));
        counts[at] = (counts[at] ?? 0) + reached.length;
      }
      await (deps.pause ?? nextTask)();
    }
  };
  const named = assignments.map(({ target }) => namedMembers([target]));
  // One walk for all that name everybody.
  await count(
    [...named.keys()].filter((at) => named[at] === 'everybody'),
    'everybody',
  );
  for (const [at, members] of named.entries()) if (members !== 'everybody') await count([at], members);
  return counts;
}

function isNamed({ primaryUserId, retiredAt }: AssignableDevice, { kind }: Assignment['target']): boolean {
  return retiredAt === null && (kind !== 'allUsers' || primaryUserId !== null);
}

/** One that is gone or cannot be read lets nobody through, in either mode, as in `resolve`. */
function passes(
  device: AssignableDevice,
  filter: Assignment['filter'],
  known: ReadonlyMap<FilterId, Filter | null>,
): boolean {
  if (filter === null) return true;
  const tree = known.get(filter.filterId)?.tree ?? null;
  return tree !== null && evaluateFilter(tree, device) === (filter.mode === 'include');
}
