import { Failure } from '../../lib/failure.ts';

/** The failure for bytes that do not parse. `offset` counts bytes from the start of the value that was handed to the parser. */
export function malformed(code: string, message: string, offset: number): Failure {
  return new Failure('malformed', code, message, { offset });
}

/** The failure for input that asks for more work, depth or room than it is allowed. */
export function tooLarge(code: string, message: string, offset: number): Failure {
  return new Failure('too-large', code, message, { offset });
}
