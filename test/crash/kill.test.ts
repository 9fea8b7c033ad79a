/**
 * `kill -9` in the middle of enrolments, again and again: whatever a client was told before is true afterwards, and
 * whoever was told nothing asks again and gets what is due, once.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { Config } from '../../src/config/config.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { toHex } from '../../src/lib/bytes.ts';
import { type Load, type LoadClient, prepareLoad, run } from '../support/enrolment-load.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { answering, type ServerProcess, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';
import { freePort } from '../support/world.ts';

const times = rounds(3, 20);
const perRound = 500;

type Row = Record<string, unknown>;
type Query = (sql: string) => Promise<readonly Row[]>;

describe('kill -9 in the middle of 500 enrolments', () => {
  test('SQLite', async (context) => {
    await using folder = temporaryFolder('crash');
    const config = await processConfig(folder.path, { kind: 'sqlite' });
    const query: Query = async (sql) => {
      const database = new DatabaseSync(folder.file('scepward.db'), { readOnly: true });
      try {
        return database.prepare(sql).all() as Row[];
      } finally {
        database.close();
      }
    };
    await crash(context, config, query, async (server) => {
      await refusesSecond(config);
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    });
    assert.deepEqual(
      (await query('PRAGMA integrity_check')).map((row) => ({ ...row })),
      [{ integrity_check: 'ok' }],
    );
  });

  test('PostgreSQL', { skip: skipUnless('postgres') }, async (context) => {
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
    await crash(context, config, query, async () => {});
  });
});

async function crash(
  context: TestContext,
  config: Config,
  query: Query,
  whileRunning: (server: ServerProcess) => Promise<void>,
): Promise<void> {
  const load = await prepareLoad(config, times * perRound);
  const address = load.address(`http://${config.listen.host}:${config.listen.port}`);
  const all: LoadClient[] = [];
  let running = await answering(spawnServer(config));
  try {
    await whileRunning(running);
    for (let round = 0; round < times; round++) {
      const clients = load.clients(perRound);
      all.push(...clients);
      await killDuring(running, clients, address, context);
      running = await answering(spawnServer(config));
      await assertTold(clients, query);
      await run(clients, address);
      assertRepeated(clients);
    }
    assert.deepEqual(await running.end('SIGTERM'), { code: 0, signal: null }, running.said());
    await assertTold(all, query);
    await assertBooks(load, all, query);
  } finally {
    await running[Symbol.asyncDispose]();
  }
}

/** At a moment that nobody chose: after so many answers, and up to 5 ms later. */
async function killDuring(
  server: ServerProcess,
  clients: readonly LoadClient[],
  address: string,
  context: TestContext,
): Promise<void> {
  const after = randomInt(20, clients.length - 60);
  const delay = randomInt(0, 6);
  let killed: Promise<unknown> | undefined;
  await run(clients, address, {
    onAnswer: (answered) => {
      if (answered === after) killed = sleep(delay).then(() => server.end('SIGKILL'));
    },
  });
  assert.ok(killed, 'the server was killed');
  await killed;
  assert.deepEqual(await server.exited, { code: null, signal: 'SIGKILL' });
  const nothing = clients.filter(({ told }) => told.at(-1)?.kind === 'nothing').length;
  context.diagnostic(
    `killed ${delay} ms after ${after} answers; ${nothing} of ${clients.length} clients heard nothing`,
  );
  assert.ok(nothing > 0, 'some were still waiting');
}

/** What clients were told holds, whenever they were told it. */
async function assertTold(clients: readonly LoadClient[], query: Query): Promise<void> {
  const rows = await query("SELECT der, deployment_id, key_hash FROM certificate WHERE purpose = 'device'");
  const stored = new Set(rows.map(({ der }) => toHex(new Uint8Array(der as Uint8Array))));
  const owned = new Set(rows.map(({ deployment_id, key_hash }) => `${deployment_id} ${key_hash}`));
  for (const { told, deploymentId, key } of clients)
    for (const each of told) {
      if (each.kind === 'success')
        assert.ok(
          stored.has(toHex(each.certificate)),
          `${deploymentId} was given a certificate that is not in the books`,
        );
      if (each.kind === 'failure') {
        assert.match(each.text, /^challenge-(spent|cancelled)$/);
        const mine = `${deploymentId} ${sha256Hex(key.publicKey)}`;
        assert.ok(!owned.has(mine), `${deploymentId} was told FAILURE, and there is a certificate for its key`);
      }
    }
}

/** Everybody has asked again, with the very same request: for each deployment one client has its certificate. */
function assertRepeated(clients: readonly LoadClient[]): void {
  for (const group of Map.groupBy(clients, ({ deploymentId }) => deploymentId).values()) {
    const winners = group.filter(({ told }) => told.at(-1)?.kind === 'success');
    assert.equal(winners.length, 1, JSON.stringify(group.map(({ told }) => told.map(({ kind }) => kind))));
    for (const { told } of group) {
      const certificates = told.flatMap((each) => (each.kind === 'success' ? [toHex(each.certificate)] : []));
      assert.ok(new Set(certificates).size <= 1, 'the same request got another certificate');
      const last = told.at(-1)?.kind;
      assert.notEqual(last, 'nothing');
      for (const { kind } of told) assert.ok(kind === 'nothing' || kind === last, 'an answer was taken back');
    }
  }
}

async function assertBooks({ installation }: Load, clients: readonly LoadClient[], query: Query): Promise<void> {
  const expected = new Set(clients.map(({ deploymentId }) => deploymentId)).size;
  assert.equal(expected, installation.waiting.length);
  const count = async (from: string) => Number((await query(`SELECT count(*) AS n FROM ${from}`))[0]?.n);
  const none = async (sql: string) => assert.deepEqual(await query(sql), [], sql);

  assert.equal(await count("certificate WHERE purpose = 'device'"), expected);
  await none('SELECT serial FROM certificate GROUP BY issuer_id, serial HAVING count(*) > 1');
  await none(
    `SELECT deployment_id FROM certificate WHERE deployment_id IS NOT NULL
      GROUP BY deployment_id, generation HAVING count(*) > 1`,
  );
  // Each challenge spent once, on the one certificate of its deployment and for its key.
  assert.equal(await count("challenge WHERE state = 'spent'"), expected);
  await none(
    `SELECT p.id FROM challenge p LEFT JOIN certificate c ON c.id = p.certificate_id
      WHERE p.state = 'spent' AND (c.id IS NULL OR c.deployment_id <> p.deployment_id OR c.key_hash <> p.bound_key)`,
  );
  await none(
    `SELECT d.id FROM deployment d LEFT JOIN certificate c ON c.id = d.current_certificate_id
      WHERE d.kind = 'scep' AND (c.id IS NULL OR c.deployment_id <> d.id OR d.state <> 'issued'
        OR d.issued_generation <> d.generation OR c.generation <> d.generation)`,
  );
  // All or nothing: whatever an issuance writes is there for each, once.
  assert.equal(await count("event WHERE type = 'certificate.issued'"), expected + (await issuedOtherwise(query)));
  await none(
    `SELECT c.id FROM certificate c WHERE c.purpose = 'device' AND
      (SELECT count(*) FROM event_subject s JOIN event e ON e.id = s.event_id
        WHERE s.subject_id = c.id AND e.type = 'certificate.issued') <> 1`,
  );
  await none(
    `SELECT c.id FROM certificate c WHERE c.purpose = 'device' AND NOT EXISTS
      (SELECT 1 FROM certificate_search s WHERE s.certificate_id = c.id)`,
  );
  await none(
    `SELECT c.id FROM certificate c WHERE c.purpose = 'device' AND NOT EXISTS
      (SELECT 1 FROM scep_transaction t WHERE t.certificate_id = c.id AND t.outcome = 'success')`,
  );
}

/** Such as the server's own. */
async function issuedOtherwise(query: Query): Promise<number> {
  const [row] = await query(
    `SELECT count(*) AS n FROM event e WHERE type = 'certificate.issued' AND NOT EXISTS
      (SELECT 1 FROM event_subject s WHERE s.event_id = e.id AND s.subject_kind = 'deployment')`,
  );
  return Number(row?.n);
}

/** A second server on the data directory of one that lives says what is wrong, and touches nothing. */
async function refusesSecond(config: Config): Promise<void> {
  await using second = spawnServer({ ...config, listen: { host: '127.0.0.1', port: await freePort() } });
  assert.deepEqual(await second.exited, { code: 1, signal: null });
  assert.match(second.said(), /^scepward: Another server uses the data directory .*SCEPWARD_DATA/m);
  assert.doesNotMatch(second.said(), / at .*\.ts:/, 'no stack trace');
}
