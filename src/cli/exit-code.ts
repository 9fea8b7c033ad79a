import { Failure, type FailureKind } from '../lib/failure.ts';

/** surfaces.md: 0 done, 1 failed, 2 wrong use or invalid input, 3 the server cannot be reached. */
export type ExitCode = 0 | 1 | 2 | 3;

const wrongInput: readonly FailureKind[] = [
  'malformed',
  'invalid',
  'not-found',
  'conflict',
  'too-large',
  'precondition',
];

const noServer: readonly string[] = ['server-unreachable', 'server-not-trusted', 'not-http'];

export function exitCode(error: unknown): ExitCode {
  if (!(error instanceof Failure)) return 1;
  if (noServer.includes(error.code)) return 3;
  return wrongInput.includes(error.kind) ? 2 : 1;
}
