import { DatabaseSync } from 'node:sqlite';
import type { Config } from '../../src/config/config.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { PostgresDriver } from '../../src/store/postgres/postgres-driver.ts';
import type { SqlValue } from '../../src/store/sql.ts';
import { databaseFile } from '../../src/store/sqlite/database-file.ts';
import { say } from './measure.ts';

/** What is made after the fact is made there again. */
const tables = [
  'authority',
  'issuer',
  'stored_key',
  'profile',
  'profile_version',
  'directory_user',
  'device',
  'deployment',
  'certificate',
  'certificate_search',
  'event',
];
const rowsAtOnce = 4096;

/** The rows of an installation's SQLite store into a new database. */
export async function copyToPostgres({ data }: Config, url: string): Promise<void> {
  await (await openStore({ kind: 'postgres', url }, { clock: systemClock, node: 'bench' }))[Symbol.asyncDispose]();
  await using driver = new PostgresDriver(url);
  using source = new DatabaseSync(databaseFile(data).file, { readOnly: true });
  for (const table of tables) {
    say(`copying ${table} …`);
    const select = source.prepare(`SELECT * FROM ${table}`);
    const columns = select.columns().map(({ name }) => name);
    const insert = `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map((_, at) => `$${at + 1}`).join(', ')})`;
    let rows: SqlValue[][] = [];
    const write = async () => {
      const some = rows;
      rows = [];
      if (some.length > 0) await driver.transact(() => driver.sql.runMany(insert, some));
    };
    for (const row of select.iterate()) {
      rows.push(Object.values(row) as SqlValue[]);
      if (rows.length === rowsAtOnce) await write();
    }
    await write();
  }
  await driver.transact(() => driver.script('ANALYZE'));
}
