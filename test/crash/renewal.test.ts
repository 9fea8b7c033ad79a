/**
 * `kill -9` in the middle of the sweep that opens renewals, again and again: whatever is due is opened in the end, once,
 * with the event that says so, and becomes one certificate.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { describe, type TestContext, test } from 'node:test';
import { Client } from 'pg';
import type { Config } from '../../src/config/config.ts';
import type { DeviceId } from '../../src/directory/device.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { atInstallation, issueToDevices, makeInstallation } from '../support/installation.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { type ServerProcess, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';
import { freePort } from '../support/world.ts';

const due = rounds(1000, 8000);
/** Renewals after which, at the latest, a server that sweeps is killed. */
const patience = 700;

type Row = Record<string, unknown>;
type Query = (sql: string) => Promise<readonly Row[]>;

describe(`kill -9 while ${due} renewals are opened`, () => {
  test('SQLite', async (context) => {
    await using folder = temporaryFolder('crash');
    const config = await processConfig(folder.path, { kind: 'sqlite' });
    const query: Query = async (sql) => {
      // A server that starts may have what the killed one left to put right.
      const database = new DatabaseSync(folder.file('scepward.db'), { readOnly: true, timeout: 10_000 });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    };
    await crash(context, [config], query);
    const [integrity] = await query('PRAGMA integrity_check');
    assert.equal(integrity?.integrity_check, 'ok');
  });

  test('PostgreSQL, by two nodes at once', { skip: skipUnless('postgres') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await using database = await testDatabase();
    const config = await processConfig(folder.path, { kind: 'postgres', url: database.url });
    const query: Query = async (sql) => {
      const client = new Client({ connectionString: database.url });
      await client.connect();
      try {
        return (await client.query(sql)).rows as Row[];
      } finally {
        await client.end();
      }
    };
    await crash(context, [config, { ...config, listen: { host: '127.0.0.1', port: await freePort() } }], query);
  });
});

/** `nodes` sweep at the same time, and one of them is killed each time. */
async function crash(context: TestContext, nodes: readonly Config[], query: Query): Promise<void> {
  const [config] = nodes;
  assert.ok(config !== undefined);
  await makeInstallation(config, { waiting: 0, issued: due });
  const devices = await makeDue(config);
  const certificates = async () => Number((await query(count("certificate WHERE purpose = 'device'")))[0]?.n);
  assert.equal(await certificates(), due);

  let opened: ReadonlySet<string> = new Set();
  let kills = 0;
  const running: (ServerProcess | null)[] = nodes.map(() => null);
  try {
    while (opened.size < due) {
      for (const [index, node] of nodes.entries()) running[index] ??= spawnServer(node);
      const enough = Math.min(due, opened.size + randomInt(1, patience));
      await until('a sweep', async () => ((await openedNow(query)).size >= enough ? true : ended(running)), 60_000);
      const victim = randomInt(0, running.length);
      assert.deepEqual(await running[victim]?.end('SIGKILL'), { code: null, signal: 'SIGKILL' });
      running[victim] = null;
      kills++;
      const now = await openedNow(query);
      for (const id of opened) assert.ok(now.has(id), `the renewal of ${id} was lost`);
      opened = now;
      await assertOnce(query);
    }
    context.diagnostic(`killed ${kills} times`);
    assert.ok(kills > 1, 'the sweep was cut');
  } finally {
    for (const server of running) await server?.[Symbol.asyncDispose]();
  }
  await assertOnce(query);
  // Nothing but the opening happened to them.
  const odd = await query(
    `SELECT id FROM deployment WHERE kind = 'scep' AND (generation <> 2 OR issued_generation <> 1 OR wanted <> 1
      OR state <> 'renewalRequested' OR current_certificate_id IS NULL OR problem IS NOT NULL)`,
  );
  assert.deepEqual(odd, []);
  assert.equal(await certificates(), due);

  // Each becomes one certificate, and is not due again.
  assert.equal((await issueToDevices(config, devices)).length, due);
  assert.equal(await certificates(), 2 * due);
  await using last = spawnServer(config);
  await until('another sweep', async () => (await fetch(`${last.url}/readyz`).catch(() => null))?.ok || undefined);
  assert.deepEqual(await last.end('SIGTERM'), { code: 0, signal: null }, last.said());
  assert.equal((await openedNow(query)).size, due);
  assert.deepEqual(
    await query(`SELECT id FROM deployment WHERE kind = 'scep' AND issued_generation <> generation`),
    [],
  );
}

/** As if their time to renew had come. */
function makeDue(config: Config): Promise<readonly DeviceId[]> {
  return atInstallation(config, async ({ foundation: { store } }) => {
    const made: DeviceId[] = [];
    let cursor: string | null = null;
    do {
      const query = { profileId: null, deviceId: null, states: null };
      const page: Awaited<ReturnType<typeof store.deployments.list>> = await store.deployments.list(query, {
        limit: 500,
        cursor,
      });
      const held = page.items.filter(({ kind }) => kind === 'scep');
      const renewAt = systemClock.now() - 1;
      await store.transact(() => store.deployments.save(held.map((deployment) => ({ ...deployment, renewAt }))));
      made.push(...held.map(({ deviceId }) => deviceId));
      cursor = page.next;
    } while (cursor !== null);
    assert.equal(made.length, due);
    return made;
  });
}

async function openedNow(query: Query): Promise<ReadonlySet<string>> {
  return new Set(
    (await query("SELECT id FROM deployment WHERE kind = 'scep' AND generation > 1")).map(({ id }) => String(id)),
  );
}

/** Opened and told go together, each once. */
async function assertOnce(query: Query): Promise<void> {
  const wrong = await query(
    `SELECT d.id, d.generation, count(e.id) AS events FROM deployment d
      LEFT JOIN event_subject s ON s.subject_id = d.id AND s.subject_kind = 'deployment'
      LEFT JOIN event e ON e.id = s.event_id AND e.type = 'deployment.changed' AND e.data LIKE '%"threshold"%'
      WHERE d.kind = 'scep' GROUP BY d.id, d.generation HAVING count(e.id) <> d.generation - 1`,
  );
  assert.deepEqual(wrong, []);
}

function count(from: string): string {
  return `SELECT count(*) AS n FROM ${from}`;
}

function ended(servers: readonly (ServerProcess | null)[]): undefined {
  for (const server of servers)
    if (server?.said().includes('scepward: ')) throw new Error(`a server ended: ${server.said()}`);
  return undefined;
}
