/** Webhooks over the real API, server and HTTP, with receivers on loopback. */
import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { createApiToken } from '../../src/access/create-api-token.ts';
import { eventTypes, systemCause } from '../../src/events/event.ts';
import { type AdminClient, adminClient, assertProblem } from '../support/admin-client.ts';
import { skipUnless } from '../support/requires.ts';
import { runCommand } from '../support/run-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

type Received = { readonly headers: IncomingHttpHeaders; readonly body: string };

async function startReceiver() {
  const received: Received[] = [];
  const answer = { status: 204 };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answer.status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');

function blockOf(language: string): string {
  const [, text = ''] = [...page.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, 'g'))].at(-1) ?? [];
  return text;
}

type IsGenuine = (secret: string, headers: IncomingHttpHeaders, body: string, now?: number) => boolean;

/** The code that the page shows. */
function shownCode(): IsGenuine {
  const code = blockOf('js')
    .replace(/^import .*$/m, '')
    .replace('export function', 'return function');
  return new Function('createHmac', 'timingSafeEqual', code)(createHmac, timingSafeEqual) as IsGenuine;
}

describe('webhooks', () => {
  let world: World;
  let api: AdminClient;
  let isGenuine: IsGenuine;
  before(async () => {
    world = await startWorld({ authority: false, cryptoThreads: 0, config: { webhookPrivate: true } });
    api = adminClient(world);
    isGenuine = shownCode();
  });
  after(() => world[Symbol.asyncDispose]());

  const add = async (name: string, url: string, given: object = {}) => {
    const body = { name, url, eventTypes: ['directory.*'], ...given };
    const made = await api('POST', '/webhooks', { body });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    return made.body as { webhook: { id: string; version: number }; secret: string };
  };
  const happen = async (name: string) => {
    assert.equal((await api('POST', '/groups', { body: { name, kind: 'device' } })).status, 201);
  };

  test('tell of what happens, signed as the page says', async () => {
    await using receiver = await startReceiver();
    const { webhook, secret } = await add('signed', receiver.url);
    assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
    const request = await api('POST', '/groups', { body: { name: 'Heard of', kind: 'device' } });
    const [message] = await until('the message', () => (receiver.received.length > 0 ? receiver.received : undefined));
    assert.ok(message !== undefined);
    const body = JSON.parse(message.body);
    assert.deepEqual(
      [body.version, body.type, body.id, body.requestId, body.data],
      [
        1,
        'directory.changed',
        message.headers['webhook-id'],
        request.headers.get('x-request-id'),
        { change: 'created', name: 'Heard of', ...body.data },
      ],
    );
    assert.equal(message.headers['content-type'], 'application/json');
    assert.equal(isGenuine(secret, message.headers, message.body), true);
    assert.equal(isGenuine(secret, message.headers, `${message.body} `), false);
    assert.equal(isGenuine(secret, { ...message.headers, 'webhook-id': 'other' }, message.body), false);
    assert.equal(isGenuine(secret, message.headers, message.body, Date.now() + 600_000), false);
    const shown = await until('it to be noted', async () => {
      const { body } = await api('GET', `/webhooks/${webhook.id}`);
      return body.deliveries.delivered === 1 ? body : undefined;
    });
    assert.ok(!JSON.stringify(shown).includes(secret.slice(6)));
    assert.deepEqual([shown.condition.failures, shown.enabled, shown.previousSecretUntil], [0, true, null]);
    const { items } = (await api('GET', '/webhooks/signed/deliveries')).body;
    assert.deepEqual(
      items.map((each: Record<string, unknown>) => [each.messageId, each.state, each.attempts, each.lastStatus]),
      [[body.id, 'delivered', 1, 204]],
    );
    await api('DELETE', '/webhooks/signed');
  });

  test('are checked by openssl as the page says', { skip: skipUnless('openssl') }, async () => {
    await using receiver = await startReceiver();
    await using folder = temporaryFolder('webhook');
    const { secret } = await add('openssl', receiver.url);
    assert.equal((await api('POST', '/webhooks/openssl/test')).body.delivered, true);
    const [message] = receiver.received;
    assert.ok(message !== undefined);
    writeFileSync(folder.file('body'), message.body);
    const { stdout } = await runCommand('sh', ['-c', blockOf('sh')], {
      cwd: folder.path,
      env: {
        SECRET: secret,
        ID: String(message.headers['webhook-id']),
        TIMESTAMP: String(message.headers['webhook-timestamp']),
      },
    });
    assert.equal(`v1,${Buffer.from(stdout).toString().trim()}`, message.headers['webhook-signature']);
    await api('DELETE', '/webhooks/openssl');
  });

  test('change their secret without a message that its receiver cannot check', async () => {
    await using receiver = await startReceiver();
    const { secret: old } = await add('rotating', receiver.url);
    const rotated = await api('POST', '/webhooks/rotating/rotate-secret', { body: {} });
    const { secret } = rotated.body;
    assert.notEqual(secret, old);
    assert.ok(rotated.body.webhook.previousSecretUntil > Date.now() + 23 * 3600_000);
    await api('POST', '/webhooks/rotating/test');
    const [both] = receiver.received;
    assert.ok(
      both !== undefined && isGenuine(old, both.headers, both.body) && isGenuine(secret, both.headers, both.body),
    );
    const own = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const ended = await api('POST', '/webhooks/rotating/rotate-secret', { body: { keepHours: 0, secret: own } });
    assert.equal(ended.body.secret, null, 'who gave it knows it');
    await api('POST', '/webhooks/rotating/test');
    const last = receiver.received.at(-1);
    assert.ok(
      last !== undefined && isGenuine(own, last.headers, last.body) && !isGenuine(secret, last.headers, last.body),
    );
    await api('DELETE', '/webhooks/rotating');
  });

  test('show what was given up, and send it again with its id', async () => {
    await using receiver = await startReceiver();
    receiver.answer.status = 422;
    const { webhook } = await add('failing', receiver.url);
    await happen('Not taken');
    const waiting = await until('the first attempt', async () => {
      const { items } = (await api('GET', '/webhooks/failing/deliveries?state=waiting')).body;
      return items[0]?.attempts === 1 ? items[0] : undefined;
    });
    assert.deepEqual([waiting.lastStatus, waiting.lastProblem], [422, 'http-422']);
    receiver.answer.status = 200;
    const replayed = await api('POST', `/webhooks/${webhook.id}/replay`, { body: { deliveries: [waiting.id] } });
    assert.deepEqual(replayed.body, { replayed: 1 });
    await until('the second', () => (receiver.received.length > 1 ? true : undefined));
    const ids = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
    assert.deepEqual([...ids], [waiting.messageId]);
    const unknown = { body: { deliveries: [waiting.id, 'nobody'] } };
    assertProblem(await api('POST', `/webhooks/${webhook.id}/replay`, unknown), 404, 'delivery-not-found');
    assert.deepEqual((await api('POST', '/webhooks/failing/replay', { body: { dead: true } })).body, { replayed: 0 });
    assertProblem(await api('POST', '/webhooks/failing/replay', { body: {} }), 400, 'bad-request');
    await api('DELETE', '/webhooks/failing');
  });

  test('are tried by hand, and the answer says what is wrong', async () => {
    const receiver = await startReceiver();
    await add('tried', receiver.url, { enabled: false });
    receiver.answer.status = 503;
    const failing = (await api('POST', '/webhooks/tried/test')).body;
    assert.deepEqual([failing.delivered, failing.status, failing.problem], [false, 503, 'http-503']);
    await receiver[Symbol.asyncDispose]();
    const away = (await api('POST', '/webhooks/tried/test')).body;
    assert.deepEqual([away.delivered, away.status, away.problem], [false, null, 'unreachable']);
    await api('DELETE', '/webhooks/tried');
  });

  test('are refused with what is wrong', async () => {
    const good = { name: 'good', url: 'https://hooks.example.org/', eventTypes: ['*'] };
    const post = (change: object) => api('POST', '/webhooks', { body: { ...good, ...change } });
    assertProblem(await post({ url: 'https://u:p@hooks.example.org/' }), 422, 'webhook-url');
    assertProblem(await post({ eventTypes: ['certificate.isued'] }), 422, 'webhook-event-unknown');
    assertProblem(await post({ secret: 'whsec_short' }), 422, 'webhook-secret');
    assertProblem(await post({ eventTypes: [] }), 400, 'bad-request');
    assert.equal((await post({})).status, 201);
    assertProblem(await post({ name: 'GOOD' }), 409, 'webhook-name-taken');
    assertProblem(await api('PUT', '/webhooks/good', { body: good }), 428, 'if-match-missing');
    const headers = { 'if-match': '"7"' };
    assertProblem(await api('PUT', '/webhooks/good', { body: good, headers }), 412, 'webhook-version');
    const changed = await api('PUT', '/webhooks/good', {
      body: { ...good, enabled: false },
      headers: { 'if-match': '"1"' },
    });
    assert.deepEqual([changed.status, changed.body.enabled, changed.headers.get('etag')], [200, false, '"2"']);
    assert.equal((await api('DELETE', '/webhooks/good')).status, 204);
    assertProblem(await api('GET', '/webhooks/good'), 404, 'webhook-not-found');
  });

  test('want of who adds them the right to read events', async () => {
    const tokenFor = async (...permissions: ('webhooks.write' | 'webhooks.read' | 'events.read')[]) =>
      (
        await createApiToken(
          { ...world.server.foundation.store, clock: world.clock },
          { name: permissions.join(), permissions, expiresAt: null, cause: systemCause },
        )
      ).secret;
    const body = { name: 'reader', url: 'https://hooks.example.org/', eventTypes: ['*'] };
    const token = await tokenFor('webhooks.write');
    const refused = await api('POST', '/webhooks', { body, token });
    assertProblem(refused, 403, 'forbidden');
    assert.equal(refused.body.params.permission, 'events.read');
    assert.equal(
      (await api('POST', '/webhooks', { body, token: await tokenFor('webhooks.write', 'events.read') })).status,
      201,
    );
    const reading = await tokenFor('webhooks.read');
    assert.equal((await api('GET', '/webhooks', { token: reading })).status, 200);
    assert.equal((await api('GET', '/webhooks/reader/deliveries', { token: reading })).status, 403);
    await api('DELETE', '/webhooks/reader');
  });

  test('do not go to this machine unless they may', async () => {
    await using receiver = await startReceiver();
    await using strict = await startWorld({ authority: false, cryptoThreads: 0 });
    const strictly = adminClient(strict);
    const body = { name: 'inside', url: receiver.url, eventTypes: ['*'] };
    assertProblem(await strictly('POST', '/webhooks', { body }), 422, 'webhook-address-refused');
    // One that was made while they might.
    const { store } = strict.server.foundation;
    const made = await strictly('POST', '/webhooks', { body: { ...body, url: 'https://hooks.example/' } });
    const known = await store.webhooks.get(made.body.webhook.id);
    assert.ok(known !== null);
    await store.transact(() => store.webhooks.save({ ...known, url: receiver.url, version: known.version + 1 }));
    const { body: trial } = await strictly('POST', '/webhooks/inside/test');
    assert.deepEqual([trial.delivered, trial.problem], [false, 'address-refused']);
    assert.deepEqual(receiver.received, []);
  });

  test('leave neither address nor secret in log and events', async () => {
    await using receiver = await startReceiver();
    receiver.answer.status = 500;
    const { secret } = await add('quiet', `${receiver.url}?token=VERY-SECRET`);
    await happen('For nobody');
    await until('a warning', () => world.log.find((line) => line.includes('receiver fails')));
    const events = JSON.stringify((await api('GET', '/events?types=webhook.saved')).body);
    for (const told of [world.log.join(''), events])
      for (const hidden of [secret.slice(6), 'VERY-SECRET']) assert.ok(!told.includes(hidden), hidden);
    await api('DELETE', '/webhooks/quiet');
  });
});

test('the page has a line for every event type', () => {
  const [, table = ''] = page.split('## Event types');
  for (const type of eventTypes) assert.ok(table.includes(`\`${type}\``), `${type} is in docs/webhooks.md`);
});
