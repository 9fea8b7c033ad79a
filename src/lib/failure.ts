/**
 * The one error class for failures that are somebody's input or the world's state, not a bug of ours.
 * Expected outcomes of a decision are values with reasons, not failures. Mapped to the outside twice and only there:
 * `http/problem.ts` (RFC 9457) and `http/scep/fail-info.ts` (RFC 8894 §3.2.1.4).
 */
export type FailureKind =
  | 'malformed' // bytes or text that do not parse
  | 'invalid' // parsed, but breaks a rule
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'conflict' // clashes with what is stored
  | 'precondition' // If-Match did not match
  | 'too-large'
  | 'limited' // too many attempts
  | 'unavailable' // try again later
  | 'cryptography' // a key, signature or ciphertext does not do
  | 'misconfigured'; // the operator must mend something

/** Values that a message may mention. Never a secret: they reach logs, problem documents and the command line. */
export type FailureParams = Readonly<Record<string, unknown>>;

export class Failure extends Error {
  override readonly name = 'Failure';
  readonly kind: FailureKind;
  /** Stable, kebab-case; part of the API contract. */
  readonly code: string;
  readonly params: FailureParams;

  /** `message` says what is wrong and, where it can be known, what to do. */
  constructor(kind: FailureKind, code: string, message: string, params: FailureParams = {}, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.code = code;
    this.params = params;
  }
}

export function isFailure(value: unknown, code?: string): value is Failure {
  return value instanceof Failure && (code === undefined || value.code === code);
}
