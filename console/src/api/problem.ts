/** Why the server refused, or did not answer: the one error that calls throw. */
import type { Problem as ProblemDocument } from './api-types.ts';

export type FieldFault = { readonly path: string; readonly message: string };

export class Problem extends Error {
  override readonly name = 'Problem';
  /** 0: there was no answer. */
  readonly status: number;
  /** Stable, kebab-case; `no-answer` when there was none. */
  readonly code: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  /** Milliseconds that the server asks to wait; null: it did not say. */
  readonly retryAfter: number | null;

  constructor(status: number, document: Partial<ProblemDocument>, retryAfter: number | null = null) {
    super(document.detail ?? '');
    this.status = status;
    this.code = document.code ?? (status === 0 ? 'no-answer' : `status-${status}`);
    this.params = document.params ?? {};
    this.requestId = document.requestId ?? null;
    this.retryAfter = retryAfter;
  }
}

/** Worth asking again: no answer, a server that starts or stops, a proxy without one behind it. */
export function isTransient(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || [502, 503, 504].includes(error.status));
}

export function isProblem(error: unknown, code: string): error is Problem {
  return error instanceof Problem && error.code === code;
}

/**
 * What is wrong with which field of the body: `params.issues` of `bad-request`, `params.findings` of a profile, `params.field`
 * of others.
 */
export function fieldFaults(error: unknown): readonly FieldFault[] {
  if (!(error instanceof Problem)) return [];
  const { issues, findings, field } = error.params;
  if (typeof field === 'string') return [{ path: field, message: error.message }];
  return [...faultsOf(issues, 'message'), ...faultsOf(findings, 'detail')];
}

function faultsOf(list: unknown, text: string): FieldFault[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((each: unknown) => {
    if (typeof each !== 'object' || each === null) return [];
    const { path, [text]: message } = each as Record<string, unknown>;
    return typeof path === 'string' && typeof message === 'string' ? [{ path, message }] : [];
  });
}
