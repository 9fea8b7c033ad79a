import type { Platform } from '../../directory/platform.ts';
import type { Page, PageRequest } from '../../lib/page.ts';
import type { Filter, FilterId } from './filter.ts';

export type FilterStore = {
  get(id: FilterId): Promise<Filter | null>;
  /** Without regard to case. */
  findByName(name: string): Promise<Filter | null>;
  /** By name; `search` is a part of it. */
  list(
    query: { readonly search: string | null; readonly platform: Platform | null },
    page: PageRequest,
  ): Promise<Page<Filter>>;
  /** All of them; there are at most `maxFilters`. Read on hot paths: a rule that was read before is not read again. */
  all(): Promise<readonly Filter[]>;
  /** Inserts version 1 or replaces version `filter.version - 1`; false when another version is stored. */
  save(filter: Filter): Promise<boolean>;
  remove(id: FilterId): Promise<void>;
};
