/** What a certificate that was about to be signed breaks. `code` is stable and starts with `lint-`. */
export type LintFinding = { readonly code: `lint-${string}`; readonly detail: string };

export type Report = (code: LintFinding['code'], detail: string) => void;
