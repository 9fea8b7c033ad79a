/** One thing that `doctor` looked at. `problem` makes its exit code 1; `warning` does for a trial and not for real use. */
export type Check = {
  readonly check:
    | 'settings'
    | 'secret'
    | 'database'
    | 'server'
    | 'certificate'
    | 'clock'
    | 'address'
    | 'audit'
    | 'removals';
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** How to mend it; null when there is nothing to mend. */
  readonly fix: string | null;
};

export function ok(check: Check['check'], detail: string): Check {
  return { check, status: 'ok', detail, fix: null };
}

export function warning(check: Check['check'], detail: string, fix: string): Check {
  return { check, status: 'warning', detail, fix };
}

export function problem(check: Check['check'], detail: string, fix: string): Check {
  return { check, status: 'problem', detail, fix };
}
