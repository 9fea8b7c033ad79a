/** Which failures the sample organisation must show: `expectations.yaml` beside it. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { Failure } from '../../lib/failure.ts';

/** `profile` is a slug. */
export type ExpectedFailure = { readonly device: string; readonly profile: string; readonly code: string };

const schema = z.strictObject({
  failures: z.array(z.strictObject({ device: z.string(), profile: z.string(), code: z.string() })),
});

/** Failure `expectations-malformed`. */
export function readExpectations(file: string): readonly ExpectedFailure[] {
  return parseExpectations(readFileSync(file, 'utf8'), file);
}

export function parseExpectations(text: string, file: string): readonly ExpectedFailure[] {
  const read = schema.safeParse(parse(text));
  if (read.success) return read.data.failures;
  const message = `${file} is not a list of failures: ${z.prettifyError(read.error)}`;
  throw new Failure('malformed', 'expectations-malformed', message, { file });
}
