import type { FilterTree } from './filter-tree.ts';

/** A rule as text that reads back to the same tree: every term in parentheses. */
export function formatFilter(tree: FilterTree): string {
  if (tree.kind !== 'comparison')
    return tree.terms
      .map((term) => (term.kind === 'comparison' ? formatFilter(term) : `(${formatFilter(term)})`))
      .join(` ${tree.kind} `);
  const { property, operator, value } = tree;
  return `(device.${property} -${operator} ${formatValue(value)})`;
}

function formatValue(value: string | readonly string[] | null): string {
  if (value === null) return '$null';
  return typeof value === 'string' ? `"${value}"` : `[${value.map((each) => `"${each}"`).join(',')}]`;
}
