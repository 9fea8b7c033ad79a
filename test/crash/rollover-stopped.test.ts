/**
 * One of two nodes stands still (SIGSTOP) in the middle of a rollover's `finish`, under CI for longer than its leases last, while the
 * other goes on; then it wakes up and knows nothing of that. Each step is taken once, no list number stands for two lists, and both say
 * the same of the issuer that is finished.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { type RolloverStep, rolloverSteps } from '../../src/authority/rollover/rollover-plan.ts';
import type { Config } from '../../src/config/config.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { systemCause } from '../../src/events/event.ts';
import { crlNumber, parseCrl } from '../../src/formats/x509/crl.ts';
import { minute, second, systemClock } from '../../src/lib/clock.ts';
import { leaseTerm } from '../../src/lib/lease.ts';
import { openStore } from '../../src/store/open-store.ts';
import { atInstallation, makeInstallation } from '../support/installation.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { answering, type ServerProcess, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';
import { freePort } from '../support/world.ts';

const times = rounds(2, 3);
const standstill = rounds(second, leaseTerm + 8 * second);

type Step = { readonly step: RolloverStep; readonly state: string };
type Answer = {
  readonly status: number;
  readonly body: {
    readonly steps?: readonly Step[];
    readonly items?: readonly { readonly data: Readonly<Record<string, unknown>>; readonly subjects: unknown }[];
  };
};

test('a node that stood still while another finished a rollover does nothing twice', {
  skip: skipUnless('postgres'),
}, async (context) => {
  await using folder = temporaryFolder('crash');
  await using database = await testDatabase();
  const config = await processConfig(folder.path, { kind: 'postgres', url: database.url });
  const other = { ...config, listen: { host: '127.0.0.1', port: await freePort() } };
  await makeInstallation(config, { waiting: 0, issued: 0, issuerKey: 'p-256' });
  const token = await atInstallation(config, async ({ foundation: { store } }) => {
    const given = { name: 'crash', permissions: 'all', expiresAt: null, cause: systemCause } as const;
    return (await createApiToken({ ...store, clock: systemClock }, given)).secret;
  });
  await using stopped = await answering(spawnServer(config));
  await using running = await answering(spawnServer(other));
  await stand(context, config, token, stopped, running);
});

async function stand(
  context: TestContext,
  config: Config,
  token: string,
  stopped: ServerProcess,
  running: ServerProcess,
): Promise<void> {
  const call = async (node: ServerProcess, method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> => {
    const response = await fetch(`${node.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  };
  const take = (node: ServerProcess, step: RolloverStep) => call(node, 'POST', '/authorities/bench/rollover', { step });
  const lists = new Map<string, string>();
  /** The list as a node serves it. */
  const see = async (node: ServerProcess, issuer: string): Promise<string> => {
    const der = new Uint8Array(await (await fetch(`${node.url}/pki/${issuer}/0.crl`)).arrayBuffer());
    const key = `${issuer} ${crlNumber(parseCrl(der))}`;
    const hash = sha256Hex(der);
    assert.equal(lists.get(key) ?? hash, hash, `two lists of ${key}`);
    lists.set(key, hash);
    return hash;
  };

  for (let round = 1; round <= times; round++) {
    const old = `bench-g${round}`;
    for (const step of rolloverSteps.filter((each) => each !== 'finish')) {
      const { status, body } = await take(stopped, step);
      assert.equal(status, 200, JSON.stringify(body));
    }
    await aMinuteLater(config);
    // What both would do by the leases that the first one holds.
    await call(stopped, 'POST', '/authorities/bench/crl');
    await see(stopped, old);
    // In the last round it has not even read the request when it stops.
    const asked = round === times ? null : take(stopped, 'finish').catch(() => null);
    if (asked !== null) await sleep(randomInt(0, 120));
    stopped.pause();
    const askedAsleep = asked ?? take(stopped, 'finish').catch(() => null);
    const pausedAt = performance.now();
    const meanwhile: number[] = [];
    do {
      // Where the other stopped in its transaction this waits, and is told so.
      const answer = await Promise.race([take(running, 'finish').catch(() => null), sleep(standstill, null)]);
      meanwhile.push(answer?.status ?? 0);
      if (answer?.status === 200) break;
    } while (performance.now() - pausedAt < standstill);
    if (meanwhile.at(-1) === 200) {
      await see(running, old);
      await call(running, 'POST', '/authorities/bench/crl');
    }
    await sleep(Math.max(0, standstill - (performance.now() - pausedAt)));
    stopped.resume();
    const answered = await askedAsleep;
    context.diagnostic(`${old}: ${meanwhile.join(', ')} while it stood still; itself ${answered?.status ?? 'nothing'}`);
    for (const node of [stopped, running]) {
      const { status, body } = await take(node, 'finish');
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.steps?.find(({ step }) => step === 'finish')?.state, 'done');
      // Each publishes for the issuers that are left, and leaves the one that is finished alone.
      const list = await call(node, 'POST', '/authorities/bench/crl');
      assert.equal(list.status, 200, JSON.stringify(list.body));
    }
    assert.equal(await see(stopped, old), await see(running, old), 'the last list is one');
    for (const node of [stopped, running]) await see(node, `bench-g${round + 1}`);
  }

  const steps = (await call(running, 'GET', '/events?types=authority.rollover&limit=100')).body.items ?? [];
  assert.deepEqual(
    steps.map(({ data }) => data.step).reverse(),
    Array.from({ length: times }, () => [...rolloverSteps]).flat(),
  );
  const published = (await call(running, 'GET', '/events?types=authority.crl-published&limit=200')).body.items ?? [];
  const numbers = published.map(({ subjects, data }) => `${JSON.stringify(subjects)} ${data.shard} ${data.number}`);
  assert.equal(new Set(numbers).size, numbers.length, numbers.join('\n'));
  for (const node of [stopped, running])
    assert.deepEqual(await node.end('SIGTERM'), { code: 0, signal: null }, node.said());
  await atInstallation(config, async ({ foundation: { store } }) => {
    const keys = (await store.keys.all()).filter(({ purpose }) => purpose === 'issuer');
    assert.equal(keys.filter(({ sealed }) => sealed !== null).length, 1, 'of those that are finished no key is left');
    assert.equal(keys.length, times + 1);
  });
}

/** The switch was a minute ago: nobody waits for that in a test. */
async function aMinuteLater({ database, data }: Config): Promise<void> {
  const where = database.kind === 'postgres' ? database : ({ kind: 'sqlite', folder: data } as const);
  await using store = await openStore(where, { clock: systemClock, node: 'test' });
  const [authority] = await store.authorities.all();
  const rollover = authority?.rollover;
  if (authority === undefined || rollover == null || rollover.switchedAt === null) throw new Error('not switched');
  const earlier = { ...rollover, switchedAt: rollover.switchedAt - minute };
  await store.transact(() =>
    store.authorities.save({ ...authority, rollover: earlier, version: authority.version + 1 }),
  );
}
