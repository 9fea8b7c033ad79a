import { Failure } from '../lib/failure.ts';

/** A unique constraint was broken by a statement on this text's table. */
export function alreadyExists(text: string, cause: unknown): Failure {
  const table = /\b(?:INTO|UPDATE)\s+(\w+)/i.exec(text)?.[1] ?? 'table';
  const noun = table.replaceAll('_', ' ');
  return new Failure(
    'conflict',
    'already-exists',
    `Another ${noun} with the same name, address or id is stored already. Choose another, or change that one.`,
    { table },
    { cause },
  );
}
