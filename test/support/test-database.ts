import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type Postgres, startPostgres } from './postgres.ts';

export type TestDatabase = AsyncDisposable & { readonly url: string };

/**
 * An empty PostgreSQL database that goes with its scope: `await using database = await testDatabase()`.
 * Uses the run's server (`SCEPWARD_TEST_POSTGRES`); a file that runs on its own starts one for its process.
 * Skip with `skipUnless('postgres')`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await query(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    [Symbol.asyncDispose]: () => query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

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
