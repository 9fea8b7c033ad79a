import { theServer, viewerNow } from '../../access/viewing.ts';
import { rebaseFeed } from '../event-feed.ts';
import type { EventStamp } from '../event-table.ts';
import { migrate } from '../migrations/migrate.ts';
import { portsOn } from '../ports-on.ts';
import { ReadingThread } from '../reading/reading-thread.ts';
import { remoteReportPorts } from '../report-ports.ts';
import { seenSql } from '../seen/seen-sql.ts';
import type { Store } from '../store.ts';
import { PostgresDriver } from './postgres-driver.ts';
import { storeRefused } from './postgres-failure.ts';
import { postgresLedger } from './postgres-ledger.ts';

/** Milliseconds: whoever asks whether the server is ready has little patience. */
const pingLimit = 3000;

/** Any number, the same in every release: who holds it is changing the schema. */
const migrationLock = 0x5ce9_3a4d;

/** Connects to the database at `url`; `store-unavailable` when nobody answers there, `store-refused` when we are not let in. */
export async function openPostgres(url: string, stamp: EventStamp): Promise<Store> {
  await using opening = new AsyncDisposableStack();
  const driver = opening.use(new PostgresDriver(url));
  const { sql, transact } = driver;
  await migrate(
    {
      sql,
      transact,
      lock: () => driver.patiently('SELECT pg_advisory_xact_lock($1)', [migrationLock]),
      script: (text) => driver.script(text),
    },
    stamp.clock,
  ).catch((error) => {
    throw storeRefused(url, error);
  });
  await transact(() => rebaseFeed(sql, (text, params) => driver.patiently(text, params)));
  driver.opened();
  const reading = opening.use(new ReadingThread({ kind: 'postgres', url }));
  const seen = seenSql(sql);
  const open = opening.move();
  return {
    kind: 'postgres',
    ...portsOn(sql, stamp),
    ...remoteReportPorts(reading.call(() => theServer)),
    ledger: postgresLedger(driver, stamp),
    transact,
    seen: { ...portsOn(seen, stamp), ...remoteReportPorts(reading.call(viewerNow)) },
    ping: () => driver.ping(pingLimit),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
