import { mkdirSync, writeFileSync } from 'node:fs';
import { Failure } from '../lib/failure.ts';

/** Failure `file-unwritable`. */
export function writeTextFile(file: string, text: string): void {
  attempt(file, () => writeFileSync(file, text));
}

/** With the folders above it; one that is there is left. Failure `file-unwritable`. */
export function makeFolder(folder: string): void {
  attempt(folder, () => mkdirSync(folder, { recursive: true }));
}

function attempt(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('invalid', 'file-unwritable', `${file} cannot be written (${code}).`, { file }, { cause });
  }
}
