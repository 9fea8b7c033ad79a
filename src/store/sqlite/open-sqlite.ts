import { mkdirSync } from 'node:fs';
import { theServer, viewerNow } from '../../access/viewing.ts';
import { minute } from '../../lib/clock.ts';
import { continueIdsAfter, timeOfId } from '../../lib/ids.ts';
import { eventFeed } from '../event-feed.ts';
import type { EventStamp } from '../event-table.ts';
import { releaseAllLeases } from '../lease-table.ts';
import { migrate } from '../migrations/migrate.ts';
import { portsOn } from '../ports-on.ts';
import { ReadingThread } from '../reading/reading-thread.ts';
import { remoteReportPorts } from '../report-ports.ts';
import { seenSql } from '../seen/seen-sql.ts';
import type { Store } from '../store.ts';
import { lockDataDirectory } from './data-directory-lock.ts';
import { databaseFile } from './database-file.ts';
import { SqliteDriver } from './sqlite-driver.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { sqliteLedger } from './sqlite-ledger.ts';

/**
 * Opens (or makes) `scepward.db` in `folder`, which belongs to this process from now on: else `data-directory-in-use`.
 * `database-unusable`, `database-damaged` name the file and say what to do.
 */
export async function openSqlite(folder: string, stamp: EventStamp): Promise<Store> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  await using opening = new AsyncDisposableStack();
  opening.use(lockDataDirectory(folder));
  const { file } = databaseFile(folder);
  const driver = await migrated(file, stamp).catch((error) => {
    throw sqliteFailure(file, error);
  });
  opening.use(driver);
  const reading = opening.use(new ReadingThread({ kind: 'sqlite', file }));
  await continueIds(driver, stamp);
  const open = opening.move();
  return {
    kind: 'sqlite',
    ...portsOn(driver.sql, stamp),
    ...remoteReportPorts(reading.call(() => theServer)),
    ledger: sqliteLedger(driver, stamp),
    transact: driver.transact,
    seen: { ...portsOn(seenSql(driver.sql), stamp), ...remoteReportPorts(reading.call(viewerNow)) },
    ping: async () => void (await driver.sql.one('SELECT 1 AS alive')),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function migrated(file: string, { clock }: EventStamp): Promise<SqliteDriver> {
  await using opening = new AsyncDisposableStack();
  const driver = opening.use(new SqliteDriver(file));
  await migrate(
    {
      sql: driver.sql,
      transact: driver.transact,
      // BEGIN IMMEDIATE and the lock of the data directory keep others out.
      lock: async () => {},
      script: async (text) => driver.writer.exec(text),
    },
    clock,
  );
  // The data directory is ours alone: a holder that was killed need not be waited for.
  await driver.transact(() => releaseAllLeases(driver.sql));
  opening.move();
  return driver;
}

/**
 * Whoever follows the events relies on ids that grow (`eventFeed`), also when the clock was set back a little since. By much,
 * it was wrong when the last event was written, and must not be wrong for ever.
 */
async function continueIds({ sql }: SqliteDriver, { clock }: EventStamp): Promise<void> {
  const last = await eventFeed(sql).now();
  if (timeOfId(last) - clock.now() < 10 * minute) continueIdsAfter(last);
}
