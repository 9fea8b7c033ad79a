import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite, test } from 'node:test';
import { systemClock } from '../../lib/clock.ts';
import { retryAfterOf, type WebhookTransportOptions, webhookTransport } from './webhook-transport.ts';

/** A receiver on loopback. */
async function receiver(answer: RequestListener) {
  let connections = 0;
  const server = createServer(answer);
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook?a=b`,
    connections: () => connections,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function post(url: string, options: Partial<WebhookTransportOptions> = {}, signal = AbortSignal.timeout(2000)) {
  using transport = webhookTransport({ privateAddresses: true, clock: systemClock, ...options });
  return await send(transport, url, signal);
}

async function send(transport: ReturnType<typeof webhookTransport>, url: string, signal = AbortSignal.timeout(2000)) {
  return transport.post({ url, headers: { 'webhook-id': '1' }, body: '{"a":"ä"}', signal });
}

const resolvesTo =
  (...addresses: string[]): NonNullable<WebhookTransportOptions['resolve']> =>
  (_host, done) =>
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

const trouble = (code: string) => ({ kind: 'trouble', code });

suite('a webhook is called', () => {
  test('by POST, with its headers and body, on a connection that stays', async () => {
    const seen: unknown[] = [];
    await using server = await receiver((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part) => {
        body += part;
      });
      request.on('end', () => {
        const { 'webhook-id': id, 'content-type': type } = request.headers;
        seen.push([request.method, request.url, id, type, body]);
        response.writeHead(204).end();
      });
    });
    using transport = webhookTransport({ privateAddresses: true, clock: systemClock });
    const answer = { kind: 'answer', status: 204, retryAfter: null };
    assert.deepEqual([await send(transport, server.url), await send(transport, server.url)], [answer, answer]);
    assert.deepEqual(seen[0], ['POST', '/hook?a=b', '1', 'application/json', '{"a":"ä"}']);
    assert.equal(server.connections(), 1);
  });

  test('without following where it sends us', async () => {
    let asked = 0;
    await using server = await receiver((_request, response) => {
      asked += 1;
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    const answer = await post(server.url);
    assert.deepEqual(answer, { kind: 'answer', status: 302, retryAfter: null });
    assert.equal(asked, 1);
  });

  test('and waited for no longer than it is worth', async () => {
    await using server = await receiver(() => {});
    assert.deepEqual(await post(server.url, {}, AbortSignal.timeout(50)), trouble('too-slow'));
  });

  test('and cut off when its answer has no end', async () => {
    const ended = Promise.withResolvers<void>();
    await using server = await receiver((_request, response) => {
      response.writeHead(200);
      const more = () => response.write('x'.repeat(65_536), (error) => (error ? ended.resolve() : setImmediate(more)));
      response.on('close', () => ended.resolve());
      more();
    });
    using transport = webhookTransport({ privateAddresses: true, clock: systemClock });
    assert.equal((await send(transport, server.url)).kind, 'answer');
    await ended.promise;
  });

  test('with its Retry-After read', async () => {
    await using server = await receiver((_request, response) => {
      response.writeHead(503, { 'retry-after': '120' }).end();
    });
    assert.deepEqual(await post(server.url), { kind: 'answer', status: 503, retryAfter: 120_000 });
    const now = Date.UTC(2026, 10, 1);
    assert.equal(retryAfterOf('Sun, 01 Nov 2026 00:01:00 GMT', now), 60_000);
    assert.equal(retryAfterOf('Sun, 01 Nov 2020 00:01:00 GMT', now), 0);
    assert.equal(retryAfterOf('soon', now), null);
  });

  test('never at an address that is not allowed', async () => {
    await using server = await receiver((_request, response) => response.end());
    const refused = trouble('address-refused');
    assert.deepEqual(await post(server.url, { privateAddresses: false }), refused);
    for (const url of ['http://169.254.169.254/latest', 'https://[fe80::1]/', 'http://0.0.0.0/', 'http://2852039166/'])
      assert.deepEqual(await post(url), refused, url);
  });

  test('never at a name that leads there, be it among others', async () => {
    await using server = await receiver((_request, response) => response.end());
    const url = `http://hooks.example:${server.port}/`;
    const asked = (privateAddresses: boolean, ...addresses: string[]) =>
      post(url, { privateAddresses, resolve: resolvesTo(...addresses) });
    assert.equal((await asked(true, '127.0.0.1')).kind, 'answer');
    assert.deepEqual(await asked(false, '127.0.0.1'), trouble('address-refused'));
    assert.deepEqual(await asked(false, '93.184.216.34', '10.0.0.1'), trouble('address-refused'));
    assert.deepEqual(await asked(true, '127.0.0.1', '169.254.169.254'), trouble('address-refused'));
    assert.deepEqual(await asked(true, '::ffff:169.254.169.254'), trouble('address-refused'));
    assert.deepEqual(await asked(true), trouble('name-unknown'));
    assert.deepEqual(await asked(true, '93.184.216.34'), trouble('https-required'));
    assert.equal(server.connections(), 1);
  });

  test('and what would never be sent is known before, without a call', async () => {
    await using server = await receiver((_request, response) => response.end());
    const refusal = async (url: string, privateAddresses: boolean, ...addresses: string[]) => {
      using transport = webhookTransport({ privateAddresses, clock: systemClock, resolve: resolvesTo(...addresses) });
      return transport.refusal(url);
    };
    for (const [url, addresses, usual, allowed] of [
      ['https://hooks.example/', ['93.184.216.34'], null, null],
      ['http://hooks.example/', ['93.184.216.34'], 'https-required', 'https-required'],
      ['https://hooks.example/', ['10.1.2.3'], 'address-refused', null],
      ['https://hooks.example/', ['93.184.216.34', '127.0.0.1'], 'address-refused', null],
      ['http://hooks.example/', ['::1'], 'address-refused', null],
      ['https://hooks.example/', ['169.254.169.254'], 'address-refused', 'address-refused'],
      ['https://hooks.example/', [], null, null],
      [server.url, [], 'address-refused', null],
      ['https://[::1]/', [], 'address-refused', null],
      ['https://[fe80::1]/', [], 'address-refused', 'address-refused'],
      ['http://2130706433/', [], 'address-refused', null],
    ] as const) {
      assert.equal(await refusal(url, false, ...addresses), usual, url);
      assert.equal(await refusal(url, true, ...addresses), allowed, url);
    }
    assert.equal(server.connections(), 0);
  });

  test('and told apart when it speaks another protocol, or is not there', async () => {
    await using server = await receiver((_request, response) => response.end());
    assert.deepEqual(await post(server.url.replace('http:', 'https:')), trouble('tls-failed'));
    const { port } = server;
    await server[Symbol.asyncDispose]();
    assert.deepEqual(await post(`http://127.0.0.1:${port}/`), trouble('unreachable'));
  });
});
