import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open-store.ts';
import { type Postgres, startPostgres } from './postgres.ts';

export type TestDatabase = AsyncDisposable & { readonly url: string };

/**
 * An empty PostgreSQL database that goes with its scope: `await using database = await testDatabase()`.
 * Uses the run's server (`SCEPWARD_TEST_POSTGRES`); a file that runs on its own starts one for its process.
 * Skip with `skipUnless('postgres')`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  return create(await serverUrl(), '');
}

/** As `testDatabase`, with the tables of a store: a copy of one that was migrated once. */
export async function databaseWithTables(): Promise<TestDatabase> {
  const server = await serverUrl();
  const given = process.env.SCEPWARD_TEST_TEMPLATE;
  template ??= given === undefined ? templateOn(server) : Promise.resolve(given);
  return create(server, `TEMPLATE ${await template}`);
}

/** Makes what `databaseWithTables` copies and answers its name, for `SCEPWARD_TEST_TEMPLATE`. It goes with its server. */
export async function templateOn(server: string): Promise<string> {
  const { url } = await create(server, '');
  const store = await openStore({ kind: 'postgres', url }, { clock: systemClock, node: 'test-node' });
  await store[Symbol.asyncDispose]();
  return new URL(url).pathname.slice(1);
}

async function create(server: string, like: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name} ${like}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

let template: Promise<string> | undefined;
let own: Promise<Postgres> | undefined;

async function serverUrl(): Promise<string> {
  const given = process.env.SCEPWARD_TEST_POSTGRES;
  if (given !== undefined) return given;
  own ??= startPostgres().then((postgres) => {
    process.once('exit', postgres.destroy);
    return postgres;
  });
  return (await own).url;
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
