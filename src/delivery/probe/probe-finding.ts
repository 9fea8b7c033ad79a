import type { Severity } from '../../profiles/finding.ts';

/** One thing that a probe noticed about a server. `code` is stable. */
export type ProbeFinding = { readonly code: string; readonly severity: Severity; readonly detail: string };
