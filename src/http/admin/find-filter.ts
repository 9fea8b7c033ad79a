import type { Filter } from '../../assignments/filter/filter.ts';
import type { FilterStore } from '../../assignments/filter/filter-store.ts';
import { findNamed } from './find-named.ts';

export type FilterNames = { readonly filters: Pick<FilterStore, 'get' | 'findByName'> };

/** By id or exact name. */
export function findFilter({ filters }: FilterNames, text: string): Promise<Filter> {
  return findNamed<Filter>(
    {
      noun: 'filter',
      get: (id) => filters.get(id),
      findByName: async (name) => [await filters.findByName(name)].filter((filter) => filter !== null),
      describe: ({ id, name, platform }) => ({ id, name, detail: platform }),
    },
    text,
  );
}
