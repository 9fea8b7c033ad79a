/**
 * `kill -9` in the middle of a job, again and again: no item is lost or seen to twice, and the job ends by itself. Once
 * while certificates are opened for re-issue, once while a mass removal that was confirmed is carried out and revoked, once
 * while many are revoked.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import type { Config } from '../../src/config/config.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCrl } from '../../src/formats/x509/crl.ts';
import { toHex } from '../../src/lib/bytes.ts';
import { minute, systemClock } from '../../src/lib/clock.ts';
import { atInstallation, makeInstallation } from '../support/installation.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { answering, type ServerProcess, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';

const devices = rounds(60, 4000);

type Numbers = { readonly state: string; readonly total: number; readonly seen: number; readonly done: number };

describe(`kill -9 while ${devices} devices are issued anew, then lose what they have`, () => {
  test('SQLite', async (context) => {
    await using folder = temporaryFolder('crash');
    await crash(context, await processConfig(folder.path, { kind: 'sqlite' }));
  });

  test('PostgreSQL', { skip: skipUnless('postgres') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await using database = await testDatabase();
    await crash(context, await processConfig(folder.path, { kind: 'postgres', url: database.url }));
  });
});

describe(`kill -9 while the certificates of ${devices} devices are revoked by one job`, () => {
  test('SQLite', async (context) => {
    await using folder = temporaryFolder('crash');
    await crashRevoking(context, await processConfig(folder.path, { kind: 'sqlite' }));
  });

  test('PostgreSQL', { skip: skipUnless('postgres') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await using database = await testDatabase();
    await crashRevoking(context, await processConfig(folder.path, { kind: 'postgres', url: database.url }));
  });
});

async function crash(context: TestContext, config: Config): Promise<void> {
  await makeInstallation(config, { waiting: 0, issued: devices });
  const { call, killDuring } = await driver(context, config);
  let running = await answering(spawnServer(config));
  try {
    const { job } = await call(running, 'POST', '/deployments/re-issue', { all: true, rate: 60 * devices });
    running = await killDuring(running, job.id);
    const page = await call(running, 'GET', '/removals');
    assert.deepEqual(page.items, []);

    await call(running, 'PUT', '/profiles/bench/assignments', { items: [] });
    const [held] = await until(
      'the removal to wait',
      async () => {
        const { items } = await call(running, 'GET', '/removals?state=waiting');
        return items.length > 0 ? items : undefined;
      },
      2 * minute,
    );
    assert.deepEqual([held.occasion, held.waiting, held.profile.slug], ['unassigned', devices, 'bench']);
    assert.deepEqual((await listed(running)).size, 0, 'nothing is revoked before somebody confirms it');
    const { jobId } = await call(running, 'POST', `/removals/${held.id}/confirm`, { rate: 60 * devices });
    running = await killDuring(running, jobId);
    await untilListed(running);
    assert.deepEqual(await running.end('SIGTERM'), { code: 0, signal: null }, running.said());
  } finally {
    await running[Symbol.asyncDispose]();
  }
  await assertBooks(config);
}

/** A whole fleet's certificates by one call; the same call again, with its key, is the same job. */
async function crashRevoking(context: TestContext, config: Config): Promise<void> {
  await makeInstallation(config, { waiting: 0, issued: devices });
  const { call, killDuring } = await driver(context, config);
  let running = await answering(spawnServer(config));
  try {
    const body = { filter: { profile: 'bench' }, reason: 'keyCompromise', rate: 60 * devices };
    const told = await call(running, 'POST', '/certificates/revoke', { ...body, dryRun: true });
    assert.deepEqual([told.total, told.current, told.devices, told.job], [devices, devices, devices, null]);
    assert.deepEqual(told.profiles, [{ profile: 'bench', name: told.profiles[0]?.name, count: devices }]);
    assert.equal((await listed(running)).size, 0, 'a dry run revokes nothing');
    const key = { 'idempotency-key': 'revoke-all' };
    const { job } = await call(running, 'POST', '/certificates/revoke', body, key);
    const again = await call(running, 'POST', '/certificates/revoke', body, key);
    assert.equal(again.job.id, job.id);
    running = await killDuring(running, job.id, rounds(1, 10));
    await untilListed(running);
    const after = await call(running, 'POST', '/certificates/revoke', { all: true });
    assert.deepEqual([after.total, after.job], [0, null]);
    assert.deepEqual(await running.end('SIGTERM'), { code: 0, signal: null }, running.said());
  } finally {
    await running[Symbol.asyncDispose]();
  }
  await atInstallation(config, async ({ foundation: { store } }) => {
    const revoked: string[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.events.list>> = await store.events.list(
        { subject: null, types: ['certificate.revoked'] },
        { limit: 1000, cursor },
      );
      for (const { subjects, data, cause } of page.items) {
        assert.deepEqual([data.reason, cause.actor.name], ['keyCompromise', 'crash']);
        revoked.push(subjects.find(({ kind }) => kind === 'certificate')?.id ?? '');
      }
      cursor = page.next;
    } while (cursor !== null);
    assert.deepEqual([revoked.length, new Set(revoked).size], [devices, devices], 'each once');
  });
}

async function driver(context: TestContext, config: Config) {
  const token = await atInstallation(config, async ({ foundation: { store } }) => {
    const given = { name: 'crash', permissions: 'all', expiresAt: null, cause: systemCause } as const;
    return (await createApiToken({ ...store, clock: systemClock }, given)).secret;
  });
  const call = async (
    server: ServerProcess,
    method: string,
    path: string,
    body?: unknown,
    more: Readonly<Record<string, string>> = {},
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
  ): Promise<any> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...more,
    };
    const response = await fetch(`${server.url}/api/v1${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${await response.clone().text()}`);
    return response.json();
  };
  const jobAt = async (server: ServerProcess, id: string): Promise<Numbers> => {
    const { state, total, done, skipped, failed } = await call(server, 'GET', `/jobs/${id}`);
    return { state, total, done, seen: done + skipped + failed };
  };
  /** Kills the server whenever some more were seen to, `most` times, until the job has ended. */
  const killDuring = async (
    server: ServerProcess,
    id: string,
    most = Number.POSITIVE_INFINITY,
  ): Promise<ServerProcess> => {
    let running = server;
    let kills = 0;
    let before = 0;
    for (;;) {
      const enough = before + randomInt(1, Math.max(2, Math.floor(devices / 2)));
      const now = await until(
        'the job to go on',
        async () => {
          const numbers = await jobAt(running, id);
          return numbers.state !== 'running' || (numbers.seen >= enough && kills < most) ? numbers : undefined;
        },
        2 * minute,
      );
      assert.ok(now.seen >= before, `${now.seen} were seen to, after ${before}`);
      if (now.state !== 'running') {
        assert.deepEqual(now, { state: 'done', total: devices, seen: devices, done: devices });
        context.diagnostic(`killed ${kills} times`);
        assert.ok(kills > 0, 'the job was cut');
        return running;
      }
      before = now.seen;
      await running.end('SIGKILL');
      kills++;
      running = await answering(spawnServer(config));
    }
  };

  return { call, killDuring };
}

function untilListed(server: ServerProcess): Promise<true> {
  return until(
    'every certificate to be on the list',
    async () => ((await listed(server)).size === devices ? true : undefined),
    2 * minute,
  );
}

/** Serial numbers on the revocation list. */
async function listed(server: ServerProcess): Promise<ReadonlySet<string>> {
  const response = await fetch(`${server.url}/pki/bench-g1/0.crl`);
  const { revoked } = parseCrl(new Uint8Array(await response.arrayBuffer()));
  return new Set(revoked.map(({ serial }) => toHex(serial)));
}

/** Each was opened once, removed once, revoked once, and whatever happened has its one event. */
async function assertBooks(config: Config): Promise<void> {
  await atInstallation(config, async ({ foundation: { store } }) => {
    const events = new Map<string, string[]>();
    let after: string | null = null;
    do {
      const types = ['deployment.changed', 'deployment.removed', 'certificate.revoked'] as const;
      const page: Awaited<ReturnType<typeof store.events.list>> = await store.events.list(
        { subject: null, types: [...types] },
        { limit: 1000, cursor: after },
      );
      for (const { type, subjects, data } of page.items) {
        const id = subjects.find(({ kind }) => kind === 'deployment')?.id ?? '';
        // Others tell of the moment of renewal.
        if (type === 'deployment.changed' && data.reason !== 're-issue') continue;
        const what = type === 'deployment.changed' ? String(data.reason) : type;
        events.set(id, [...(events.get(id) ?? []), what]);
      }
      after = page.next;
    } while (after !== null);
    const query = { profileId: null, deviceId: null, states: null };
    let count = 0;
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof store.deployments.list>> = await store.deployments.list(query, {
        limit: 1000,
        cursor,
      });
      for (const { id, kind, wanted, removal, state, generation } of page.items) {
        if (kind !== 'scep') continue;
        count++;
        assert.deepEqual([wanted, removal, state, generation], [false, null, 'revoked', 2], id);
        assert.deepEqual(events.get(id)?.toSorted(), ['certificate.revoked', 'deployment.removed', 're-issue'], id);
      }
      cursor = page.next;
    } while (cursor !== null);
    assert.equal(count, devices);
  });
}
