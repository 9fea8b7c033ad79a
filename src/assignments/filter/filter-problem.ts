import type { Finding } from '../../profiles/finding.ts';

/** What can be wrong with the text of a filter; stable. */
export type FilterProblemCode =
  | 'filter-empty'
  | 'filter-too-long'
  | 'filter-too-deep'
  | 'filter-syntax'
  | 'filter-quotes'
  | 'filter-unknown-property'
  | 'filter-unknown-operator'
  | 'filter-operator-not-allowed'
  | 'filter-property-not-on-platform'
  | 'filter-wrong-value'
  | 'filter-null-not-allowed'
  | 'filter-list-expected'
  | 'filter-list-not-allowed'
  | 'filter-not-a-version';

/** The one thing that reading a rule throws; `readFilter` turns it into its finding. */
export class FilterProblem extends Error {
  readonly code: FilterProblemCode;
  readonly offset: number;
  readonly fix: string | null;

  constructor(code: FilterProblemCode, offset: number, detail: string, fix: string | null) {
    super(detail);
    this.code = code;
    this.offset = offset;
    this.fix = fix;
  }
}

export function filterFinding({ code, offset, message, fix }: FilterProblem): Finding {
  return { rule: code, severity: 'error', path: 'rule', detail: message, fix, offset };
}
