import type { Platform } from '../../directory/platform.ts';
import { type Finding, hasErrors } from '../../profiles/finding.ts';
import { checkFilter } from './check-filter.ts';
import { FilterProblem, filterFinding } from './filter-problem.ts';
import type { FilterTree } from './filter-tree.ts';
import { type PlacedTree, parseFilter } from './parse-filter.ts';

/**
 * A filter's rule for devices of one platform, with all that is to be said about it, each with its offset. `tree` is null
 * when there is an error among the findings. `platform` null leaves the platform open.
 */
export function readFilter(
  rule: string,
  platform: Platform | null,
): { readonly tree: FilterTree | null; readonly findings: readonly Finding[] } {
  try {
    const placed = parseFilter(rule);
    const findings = checkFilter(placed, platform);
    return { tree: hasErrors(findings) ? null : plain(placed), findings };
  } catch (error) {
    if (!(error instanceof FilterProblem)) throw error;
    return { tree: null, findings: [filterFinding(error)] };
  }
}

function plain(tree: PlacedTree): FilterTree {
  if (tree.kind !== 'comparison') return { kind: tree.kind, terms: tree.terms.map(plain) };
  const { property, operator, value } = tree;
  return { kind: 'comparison', property, operator, value };
}
