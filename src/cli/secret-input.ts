import { readFileSync } from 'node:fs';
import { Failure } from '../lib/failure.ts';
import { textOf } from './read-text-file.ts';
import type { Terminal } from './terminal.ts';

/**
 * A secret from a file, or from standard input for `-`: never from an argument, which others on the machine can see.
 * The last line end does not count. Failure `secret-unreadable`, `secret-empty`.
 */
export async function readSecretInput(terminal: Terminal, file: string, what: string): Promise<string> {
  const text = (file === '-' ? textOf('standard input', await terminal.readInput()) : readSecret(file, what)).replace(
    /\r?\n$/,
    '',
  );
  if (text === '') throw new Failure('invalid', 'secret-empty', `The ${what} is empty.`);
  return text;
}

function readSecret(file: string, what: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const message = `The ${what} cannot be read from ${file} (${code}). Give a file, or - for standard input.`;
    throw new Failure('invalid', 'secret-unreadable', message, { file }, { cause });
  }
}
