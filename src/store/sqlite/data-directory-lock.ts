import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../lib/failure.ts';

/**
 * Makes this process the only server on a data directory. The lock is an exclusive transaction on an empty database
 * file: the kernel drops it with the process, however that ends, and no stale file is left to be judged.
 * Throws `data-directory-in-use` when somebody else holds it.
 */
export function lockDataDirectory(folder: string): Disposable {
  const database = new DatabaseSync(join(folder, 'scepward.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (cause) {
    database.close();
    throw new Failure(
      'conflict',
      'data-directory-in-use',
      `Another server uses the data directory ${folder}. Stop it, or give this one a directory of its own (SCEPWARD_DATA).`,
      { folder },
      { cause },
    );
  }
  return { [Symbol.dispose]: () => database.close() };
}
