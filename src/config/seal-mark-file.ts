import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { isFailure } from '../lib/failure.ts';
import { readSecretFile, secretLocation, writeSecretFile } from './secrets.ts';

/** Where a server keeps its mark of the audit log: beside the secret, or in the data directory where nothing may be written there. */
export type SealMarkFile = {
  /** The one that is there, else the one that would be written. */
  readonly file: string;
  /** Null when there is none. */
  readonly text: string | null;
};

/** Failures of `readSecretFile`. */
export function readSealMark(data: string, secretFile: string | null): SealMarkFile {
  const files = candidates(data, secretFile);
  for (const file of files) {
    const text = readSecretFile(file);
    if (text !== null) return { file, text };
  }
  return { file: files[0] as string, text: null };
}

/** Answers which file it was. Failure `secret-unwritable`. */
export function writeSealMark(data: string, secretFile: string | null, text: string): string {
  const files = candidates(data, secretFile);
  for (const [at, file] of files.entries())
    try {
      writeSecretFile(file, text);
      return file;
    } catch (error) {
      if (at === files.length - 1 || !isFailure(error, 'secret-unwritable')) throw error;
    }
  throw new Error('There is no place for the mark of the audit log.');
}

/** Who goes back to a backup means what it lacks: the mark is kept under another name. Answers where; null: there was none. */
export function setSealMarkAside(data: string, secretFile: string | null, ending: string): string | null {
  const { file, text } = readSealMark(data, secretFile);
  if (text === null) return null;
  renameSync(file, file + ending);
  return file + ending;
}

/** A secret is often mounted where nothing can be written. */
function candidates(data: string, secretFile: string | null): readonly string[] {
  const beside = `${secretLocation(data, secretFile).file}.audit`;
  const inData = join(data, 'secret.audit');
  return beside === inData ? [beside] : [beside, inData];
}
