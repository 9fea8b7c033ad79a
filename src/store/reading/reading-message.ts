import type { Viewer } from '../../access/viewing.ts';
import { Failure, type FailureKind, type FailureParams, isFailure } from '../../lib/failure.ts';
import type { ReportPorts } from '../report-ports.ts';

/** Where the reading thread reads. */
export type ReadingPlace =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

/** What it is asked, and how it answers. */
export type ReadingCall = {
  readonly id: number;
  readonly port: keyof ReportPorts;
  readonly method: string;
  readonly given: readonly unknown[];
  /** On whose behalf. */
  readonly viewer: Viewer;
};

export type ReadingAnswer = { readonly id: number } & (
  | { readonly result: unknown }
  | { readonly failure: { kind: FailureKind; code: string; message: string; params: FailureParams } }
  | { readonly error: unknown }
);

/** An error keeps its class on the way only where it is one of the language's own. */
export function thrown(id: number, error: unknown): ReadingAnswer {
  if (!isFailure(error)) return { id, error };
  const { kind, code, message, params } = error;
  return { id, failure: { kind, code, message, params } };
}

export function resultOf(answer: ReadingAnswer): unknown {
  if ('result' in answer) return answer.result;
  if ('error' in answer) throw answer.error;
  const { kind, code, message, params } = answer.failure;
  throw new Failure(kind, code, message, params);
}
