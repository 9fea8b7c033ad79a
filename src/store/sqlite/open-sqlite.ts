import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStamp } from '../event-table.ts';
import { migrate } from '../migrations/migrate.ts';
import { portsOn } from '../ports-on.ts';
import type { Store } from '../store.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { SqliteDriver } from './sqlite-driver.ts';
import { sqliteLedger } from './sqlite-ledger.ts';

/** Opens (or makes) `scepward.db` in `folder`, which belongs to this process from now on: else `data-directory-in-use`. */
export async function openSqlite(folder: string, stamp: EventStamp): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await using opening = new AsyncDisposableStack();
  opening.use(lockDataDirectory(folder));
  const driver = opening.use(new SqliteDriver(join(folder, 'scepward.db')));
  await migrate(
    {
      sql: driver.sql,
      transact: driver.transact,
      // BEGIN IMMEDIATE and the lock of the data directory keep others out.
      lock: async () => {},
      script: async (text) => driver.writer.exec(text),
    },
    stamp.clock,
  );
  const open = opening.move();
  return {
    kind: 'sqlite',
    ...portsOn(driver.sql, stamp),
    ledger: sqliteLedger(driver, stamp),
    transact: driver.transact,
    ping: async () => void (await driver.sql.one('SELECT 1 AS alive')),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
