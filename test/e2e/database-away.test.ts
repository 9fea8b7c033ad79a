/** The database goes away and comes back: the server says so, answers everybody meanwhile, and goes on by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from 'pg';
import { adminClient } from '../support/admin-client.ts';
import { type Relay, startRelay } from '../support/relay.ts';
import { skipUnless } from '../support/requires.ts';
import { makeScenario, type Scenario } from '../support/scep-scenario.ts';
import {
  buildMessage,
  csrOf,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  testClientKey,
} from '../support/scep-test-client.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

const skip = skipUnless('postgres');
/** ms within which whoever asks must have an answer. */
const patience = 10_000;

type Away = AsyncDisposable & {
  readonly world: World;
  readonly relay: Relay;
  readonly database: TestDatabase;
  readonly scenario: Scenario;
};

async function startAway(): Promise<Away> {
  await using starting = new AsyncDisposableStack();
  const database = starting.use(await testDatabase());
  const url = new URL(database.url);
  const relay = starting.use(await startRelay({ host: url.hostname, port: Number(url.port) }));
  url.port = String(relay.port);
  // ms; the usual limit for a statement is longer than a test should last.
  url.searchParams.set('query_timeout', '1500');
  const world = starting.use(await startWorld({ config: { database: { kind: 'postgres', url: url.href } } }));
  const scenario = await makeScenario(world, { name: 'away', user: null });
  const started = starting.move();
  return { world, relay, database, scenario, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

async function enrolment(scenario: Scenario) {
  const key = await testClientKey();
  const requested = requestedBy(await scenario.deployment());
  const content = csrOf(key, requested, await scenario.challenge());
  const recipient = await registrationAuthorityOf(scenario.scepUrl);
  const message = buildMessage({ type: 'PKCSReq', content, signer: selfSigned(key, requested.subject), recipient });
  return { key, message };
}

async function ask(what: string, answer: Promise<Response>) {
  const asked = performance.now();
  const response = await answer;
  const text = await response.text();
  assert.ok(performance.now() - asked < patience, `${what} took ${performance.now() - asked} ms`);
  return { what, status: response.status, text, retryAfter: response.headers.get('retry-after') };
}

/** Everybody who may come is answered 503, with a reason and when to come again. */
async function assertAway({ world, scenario, relay }: Away, message: Uint8Array): Promise<void> {
  const { scepUrl } = scenario;
  const answers = await Promise.all([
    ask('readyz', fetch(`${world.url}/readyz`)),
    ask('GetCACert', fetch(`${scepUrl}?operation=GetCACert`)),
    ask('PKIOperation', post(scepUrl, message)),
    ask(
      'check-in',
      fetch(`${world.url}/device/v1/check-in`, { method: 'POST', headers: { authorization: 'Bearer x' } }),
    ),
    ask(
      'administration',
      fetch(`${world.url}/api/v1/users`, { headers: { authorization: `Bearer ${world.adminToken}` } }),
    ),
  ]);
  for (const { what, status, text, retryAfter } of answers) {
    assert.equal(status, 503, `${what}: ${status} ${text}`);
    assert.ok(Number(retryAfter) > 0, `${what} does not say when to come again`);
    assert.match(text, what === 'readyz' ? /the database does not answer/ : /store-unavailable/, what);
    assert.ok(!text.includes(String(relay.port)), `${what} tells strangers where the database is: ${text}`);
  }
  assert.equal((await ask('healthz', fetch(`${world.url}/healthz`))).status, 200);
}

async function assertBack(
  { world, scenario }: Away,
  { key, message }: Awaited<ReturnType<typeof enrolment>>,
): Promise<void> {
  await until('the server to be ready again', async () =>
    (await fetch(`${world.url}/readyz`)).status === 200 ? true : undefined,
  );
  const reply = await readReply(await post(scenario.scepUrl, message), key);
  assert.equal(reply.status, 'SUCCESS', String(reply.reason));
  assert.equal((await adminClient(world)('GET', '/users')).status, 200);
}

test('a database that refuses connections', { skip }, async () => {
  await using away = await startAway();
  const asked = await enrolment(away.scenario);
  await away.relay.cut();
  await assertAway(away, asked.message);
  await assertAway(away, asked.message);
  await away.relay.restore();
  await assertBack(away, asked);
});

test('a database that does not answer any more, on connections that stand', { skip }, async () => {
  await using away = await startAway();
  const asked = await enrolment(away.scenario);
  away.relay.freeze();
  await assertAway(away, asked.message);
  await away.relay.restore();
  await assertBack(away, asked);
});

test('a database that ends all sessions, as when it is shut down', { skip }, async () => {
  await using away = await startAway();
  const asked = await enrolment(away.scenario);
  const name = new URL(away.database.url).pathname.slice(1);
  const admin = new Client({ connectionString: away.database.url.replace(/\/[^/]*$/, '/postgres') });
  await admin.connect();
  try {
    for (let round = 1; round <= 3; round++) {
      const answers = Promise.all(Array.from({ length: 8 }, () => ask('readyz', fetch(`${away.world.url}/readyz`))));
      const caps = ask('GetCACert', fetch(`${away.scenario.scepUrl}?operation=GetCACert`));
      await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      for (const { what, status, text } of [...(await answers), await caps])
        assert.ok(status === 200 || status === 503, `${what}: ${status} ${text}`);
    }
  } finally {
    await admin.end();
  }
  await assertBack(away, asked);
});
