import type { CoManagement, CoManagementStore } from './co-management.ts';
import type { Filter, FilterId } from './filter/filter.ts';
import type { FilterStore } from './filter/filter-store.ts';

/** What decides about assignments beside the profile, the assignment and the device. */
export type Circumstances = {
  readonly filters: ReadonlyMap<FilterId, Filter>;
  readonly coManagement: CoManagement;
};

export type CircumstanceDeps = {
  readonly filters: Pick<FilterStore, 'all'>;
  readonly coManagement: Pick<CoManagementStore, 'get'>;
};

/** Two reads for any number of devices. */
export async function loadCircumstances(deps: CircumstanceDeps): Promise<Circumstances> {
  const [all, coManagement] = await Promise.all([deps.filters.all(), deps.coManagement.get()]);
  const filters = new Map<FilterId, Filter>();
  for (const filter of all) filters.set(filter.id, filter);
  return { filters, coManagement };
}
