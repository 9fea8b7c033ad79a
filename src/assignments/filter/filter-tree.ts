/** A filter's rule as a tree. Pure data; offsets are UTF-16 units from 0 in the text that it was read from. */
import type { FilterOperator, FilterPropertyName } from './filter-property.ts';

export type FilterComparison = {
  readonly kind: 'comparison';
  readonly property: FilterPropertyName;
  readonly operator: FilterOperator;
  /** Null is `$null`; a list goes with `in` and `notIn`. */
  readonly value: string | readonly string[] | null;
};

/** `terms`: two at least. */
export type FilterJunction = { readonly kind: 'and' | 'or'; readonly terms: readonly FilterTree[] };

export type FilterTree = FilterComparison | FilterJunction;
