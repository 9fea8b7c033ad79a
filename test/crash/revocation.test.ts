/**
 * `kill -9` in the middle of mass revocation and of publishing CRLs, again and again: what was answered is revoked, what is
 * revoked is on the list soon after the next start, and no list number ever stands for two lists.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApiToken } from '../../src/access/create-api-token.ts';
import type { Config } from '../../src/config/config.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { systemCause } from '../../src/events/event.ts';
import { crlNumber, parseCrl } from '../../src/formats/x509/crl.ts';
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

const times = rounds(2, 12);
const perRound = 160;

type Listed = { readonly id: string; readonly serial: string; readonly revokedAt: number | null };

describe('kill -9 in the middle of revoking 160 certificates and publishing that', () => {
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

async function crash(context: TestContext, config: Config): Promise<void> {
  await makeInstallation(config, { waiting: 0, issued: times * perRound });
  const { token, certificates } = await atInstallation(config, async ({ foundation: { store } }) => {
    const given = { name: 'crash', permissions: 'all', expiresAt: null, cause: systemCause } as const;
    const { secret } = await createApiToken({ ...store, clock: systemClock }, given);
    const all = { deploymentId: null, deviceId: null, profileId: null, search: null, status: null };
    const page = await store.certificates.list(all, 0, { limit: 10_000, cursor: null });
    return { token: secret, certificates: page.items.filter(({ purpose }) => purpose === 'device') };
  });
  assert.equal(certificates.length, times * perRound);
  const lists = new Map<bigint, string>();
  let highest = 0n;
  const see = async (server: ServerProcess): Promise<ReadonlySet<string>> => {
    const response = await fetch(`${server.url}/pki/bench-g1/0.crl`);
    const der = new Uint8Array(await response.arrayBuffer());
    const crl = parseCrl(der);
    const number = crlNumber(crl) ?? 0n;
    assert.ok(number >= highest, `number ${number} after ${highest}`);
    highest = number;
    const known = lists.get(number) ?? sha256Hex(der);
    assert.equal(sha256Hex(der), known, `two lists have the number ${number}`);
    lists.set(number, known);
    return new Set(crl.revoked.map(({ serial }) => toHex(serial)));
  };
  const call = (server: ServerProcess, path: string, init: RequestInit = {}) =>
    fetch(`${server.url}/api/v1${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    });

  let running = await answering(spawnServer(config));
  try {
    const answered = new Set<string>();
    for (let round = 0; round < times; round++) {
      const some = certificates.slice(round * perRound, (round + 1) * perRound);
      const after = randomInt(10, perRound - 40);
      const server = running;
      let killed: Promise<unknown> | undefined;
      const revoke = async (id: string, serial: string) => {
        const body = JSON.stringify({ reason: 'cessationOfOperation' });
        const response = await call(server, `/certificates/${id}/revoke`, { method: 'POST', body }).catch(() => null);
        if (response?.status !== 200) return;
        answered.add(serial);
        if (answered.size % perRound === after) killed = sleep(randomInt(0, 12)).then(() => server.end('SIGKILL'));
        if (killed === undefined) await see(server).catch(() => null);
      };
      const waiting = some.map(({ id, serial }) => ({ id, serial }));
      const before = answered.size;
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (
            let next = waiting.pop();
            next !== undefined && answered.size < before + perRound;
            next = waiting.pop()
          ) {
            if (killed !== undefined) return;
            await revoke(next.id, next.serial);
          }
        }),
      );
      killed ??= server.end('SIGKILL');
      await killed;
      running = await answering(spawnServer(config));
      const restarted = running;
      const revoked = await revokedIn(restarted, call);
      for (const serial of answered) assert.ok(revoked.has(serial), `${serial} was answered, and is not revoked`);
      const started = performance.now();
      await until(
        'every revocation to be on the list',
        async () => {
          const listed = await see(restarted);
          return [...revoked].every((serial) => listed.has(serial)) || undefined;
        },
        minute,
      );
      context.diagnostic(
        `killed after ${answered.size - before} answers; ${revoked.size} revoked, all listed ${Math.round(performance.now() - started)} ms after the start; number ${highest}`,
      );
    }
    const events = await call(running, '/events?types=authority.crl-published&limit=200').then((r) => r.json());
    const numbers = (
      events as { items: { data: { number: number; shard: number }; subjects: { id: string }[] }[] }
    ).items.map(({ data, subjects }) => `${subjects[0]?.id} ${data.shard} ${data.number}`);
    assert.ok(numbers.length > times);
    assert.equal(new Set(numbers).size, numbers.length, 'a number was published twice');
    assert.deepEqual(await running.end('SIGTERM'), { code: 0, signal: null }, running.said());
  } finally {
    await running[Symbol.asyncDispose]();
  }
}

/** Serial numbers. */
async function revokedIn(
  server: ServerProcess,
  call: (server: ServerProcess, path: string) => Promise<Response>,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const response = await call(server, `/certificates?status=revoked&limit=200${query}`);
    const page = (await response.json()) as { items: Listed[]; next: string | null };
    for (const { serial } of page.items) found.add(serial);
    cursor = page.next;
  } while (cursor !== null);
  return found;
}
