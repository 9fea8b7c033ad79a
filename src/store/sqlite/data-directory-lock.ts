import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../lib/failure.ts';
import { sqliteFailure } from './sqlite-failure.ts';

/**
 * Makes this process the only server on a data directory. The lock is an exclusive transaction on an empty database
 * file: the kernel drops it with the process, however that ends, and no stale file is left to be judged.
 * Throws `data-directory-in-use` when somebody else holds it, `database-unusable` when its file cannot be opened.
 */
export function lockDataDirectory(folder: string): Disposable {
  const file = join(folder, 'scepward.lock');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { timeout: 0 });
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database?.close();
    const failure = sqliteFailure(file, cause);
    if (failure !== cause) throw failure;
    throw new Failure(
      'conflict',
      'data-directory-in-use',
      `Another server uses the data directory ${folder}. Stop it, or give this one a directory of its own (SCEPWARD_DATA).`,
      { folder },
      { cause },
    );
  }
  const held = database;
  return { [Symbol.dispose]: () => held.close() };
}
