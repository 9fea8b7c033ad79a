import type { Platform } from '../../directory/platform.ts';
import { Failure } from '../../lib/failure.ts';
import { readFilter } from './read-filter.ts';

/** With its warnings. Failure `filter-invalid` with `params.findings`. */
export function checkedRule(rule: string, platform: Platform) {
  const { tree, findings } = readFilter(rule, platform);
  if (tree !== null) return { tree, findings };
  const first = findings.find(({ severity }) => severity === 'error');
  const where = first?.offset === undefined ? '' : ` (at character ${first.offset + 1})`;
  const message = `The rule cannot be used: ${first?.detail ?? ''}${where} ${first?.fix ?? ''}`.trim();
  throw new Failure('invalid', 'filter-invalid', message, { findings });
}
