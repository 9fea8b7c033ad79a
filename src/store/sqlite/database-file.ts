import { statSync } from 'node:fs';
import { join } from 'node:path';
import { sqliteFailure } from './sqlite-failure.ts';

/** Where the database of a data directory lies, and whether it is there. Failure `database-unusable` when that cannot be seen. */
export function databaseFile(folder: string): { readonly file: string; readonly exists: boolean } {
  const file = join(folder, 'scepward.db');
  try {
    return { file, exists: statSync(file, { throwIfNoEntry: false }) !== undefined };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return { file, exists: false };
    throw sqliteFailure(file, error);
  }
}
