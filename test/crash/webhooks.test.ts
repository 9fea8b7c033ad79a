/**
 * `kill -9` while webhooks are delivered, again and again: every event that was committed arrives, and what arrives twice has
 * the same id and the same content.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { createLog } from '../../src/compose/log.ts';
import { startServer } from '../../src/compose/server.ts';
import type { Config } from '../../src/config/config.ts';
import { systemCause } from '../../src/events/event.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { adminClient } from '../support/admin-client.ts';
import { processConfig } from '../support/process-config.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { answering, spawnServer } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testDatabase } from '../support/test-database.ts';
import { until } from '../support/until.ts';

const times = rounds(2, 10);
const perRound = 80;

describe('kill -9 in the middle of webhooks', () => {
  test('SQLite', async (context) => {
    await using folder = temporaryFolder('crash');
    await crash(context, await processConfig(folder.path, { kind: 'sqlite' }, { webhookPrivate: true }));
  });

  test('PostgreSQL', { skip: skipUnless('postgres') }, async (context) => {
    await using folder = temporaryFolder('crash');
    await using database = await testDatabase();
    await crash(
      context,
      await processConfig(folder.path, { kind: 'postgres', url: database.url }, { webhookPrivate: true }),
    );
  });
});

/** Takes its time for an answer, so that some are always under way. */
async function startReceiver() {
  const bodies = new Map<string, string>();
  let messages = 0;
  let reached = { after: Number.POSITIVE_INFINITY, resolve: () => {} };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const id = String(request.headers['webhook-id']);
      const known = bodies.get(id);
      if (known !== undefined) assert.equal(body, known, 'a repeat says the same');
      bodies.set(id, body);
      messages += 1;
      if (messages >= reached.after) reached.resolve();
      setTimeout(() => response.writeHead(204).end(), 15);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    bodies,
    messages: () => messages,
    /** When so many more have come. */
    more: (count: number) =>
      new Promise<void>((resolve) => {
        reached = { after: messages + count, resolve };
      }),
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** An installation with a webhook and a token, and no server that runs. */
async function prepare(config: Config, receiver: string): Promise<string> {
  await using server = await startServer({
    config,
    clock: systemClock,
    log: createLog('warn'),
    secret: 'make',
    cryptoThreads: 0,
    prepare: async ({ authority, addresses }) => {
      const { pkiUrl } = addresses;
      await authority.create({ name: 'Crash', slug: 'crash', pkiUrl, issuerKey: 'p-256', cause: systemCause });
    },
  });
  await server.webhooks.saveWebhook({
    id: null,
    version: null,
    name: 'crash',
    url: receiver,
    eventTypes: ['directory.*'],
    enabled: true,
    secret: null,
    cause: systemCause,
  });
  const { secret } = await createApiToken(
    { ...server.foundation.store, clock: systemClock },
    { name: 'crash', permissions: 'all', expiresAt: null, cause: systemCause },
  );
  return secret;
}

async function crash(context: TestContext, config: Config): Promise<void> {
  await using receiver = await startReceiver();
  const adminToken = await prepare(config, receiver.url);
  const api = adminClient({ url: `http://${config.listen.host}:${config.listen.port}`, adminToken });
  let answered = 0;
  for (let round = 0; round < times; round++) {
    await using server = await answering(spawnServer(config));
    // After a crash on PostgreSQL the lease has to be missed first.
    const first = receiver.more(1);
    await api('POST', '/groups', { body: { name: `first of ${round}`, kind: 'user' } });
    answered += 1;
    await first;
    const killAfter = receiver.more(randomInt(1, perRound / 2));
    const happening = Array.from({ length: perRound }, async (_, at) => {
      const { status } = await api('POST', '/groups', { body: { name: `${round}/${at}`, kind: 'user' } });
      assert.equal(status, 201);
      answered += 1;
    });
    const settled = Promise.allSettled(happening);
    await killAfter;
    assert.deepEqual(await server.end('SIGKILL'), { code: null, signal: 'SIGKILL' });
    await settled;
    context.diagnostic(`killed after ${receiver.messages()} messages; ${receiver.bodies.size} different ones`);
  }
  await using last = await answering(spawnServer(config));
  const events = await until(
    'everything to arrive',
    async () => {
      const { deliveries } = (await api('GET', '/webhooks/crash')).body;
      if (deliveries.waiting > 0 || deliveries.dead > 0) return undefined;
      const ids = await committed(api);
      return ids.length === deliveries.delivered ? ids : undefined;
    },
    90_000,
  );
  assert.ok(events.length >= answered, `${answered} were answered, ${events.length} are in the record`);
  assert.deepEqual([...receiver.bodies.keys()].sort(), events.toSorted());
  for (const [id, body] of receiver.bodies) assert.equal(JSON.parse(body).id, id);
  context.diagnostic(`${events.length} events, ${receiver.messages()} messages`);
  assert.deepEqual(await last.end('SIGTERM'), { code: 0, signal: null }, last.said());
}

/** Ids of the events that the webhook wants. */
async function committed(api: ReturnType<typeof adminClient>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { items, next } = (await api('GET', `/events?types=directory.changed&limit=200${more}`)).body as {
      items: { id: string }[];
      next: string | null;
    };
    ids.push(...items.map(({ id }) => id));
    cursor = next;
  } while (cursor !== null);
  return ids;
}
