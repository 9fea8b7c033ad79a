import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { setImmediate as immediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { isId } from '../lib/ids.ts';
import { createServer, type HttpServer, type RequestLogEntry, type ServerOptions } from './server.ts';

const open = { config: { permission: 'public' } } as const;

type Running = AsyncDisposable & { readonly server: HttpServer; readonly url: string; readonly port: number };

async function start(routes: ServerOptions['routes'], more: Partial<ServerOptions> = {}): Promise<Running> {
  const server = await createServer({ clock: systemClock, log: null, trustedProxies: [], routes, ...more });
  const { url, port } = await server.listen({ host: '127.0.0.1', port: 0 });
  return { server, url, port, [Symbol.asyncDispose]: () => server.stop(100) };
}

/** Sends bytes as they are and reads until the server closes. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.end(text);
  let answer = '';
  socket.setEncoding('utf8').on('data', (part) => {
    answer += part;
  });
  await once(socket, 'close');
  return answer;
}

describe('every route declares its permission', () => {
  test('one without cannot be registered', async () => {
    const routes = (app: FastifyInstance) => void app.get('/open-by-mistake', async () => 'x');
    await assert.rejects(
      createServer({ clock: systemClock, log: null, trustedProxies: [], routes }),
      /\/open-by-mistake/,
    );
  });

  test('one that needs somebody to check it cannot be registered without', async () => {
    const routes = (app: FastifyInstance) =>
      void app.get('/secret', { config: { permission: 'tokens.manage' } }, async () => 'x');
    await assert.rejects(createServer({ clock: systemClock, log: null, trustedProxies: [], routes }), /tokens\.manage/);
  });

  test('the gate is asked before the body is read, for all but public routes', async () => {
    const asked: string[] = [];
    await using running = await start(
      (app) => {
        app.post('/secret', { config: { permission: 'tokens.manage' } }, async () => 'reached');
        app.get('/open', open, async () => 'open');
      },
      {
        authorize: async (permission) => {
          asked.push(permission);
          throw new Failure('unauthenticated', 'token-missing', 'Send a token.');
        },
      },
    );
    const refused = await fetch(`${running.url}/secret`, { method: 'POST', body: 'x'.repeat(1000) });
    assert.equal(refused.status, 401);
    assert.equal((await fetch(`${running.url}/open`)).status, 200);
    assert.equal((await fetch(`${running.url}/nowhere`)).status, 404);
    assert.deepEqual(asked, ['tokens.manage']);
  });
});

describe('answers', () => {
  test('failures are problem documents with the request id of the header', async () => {
    await using running = await start(
      (app) =>
        void app.get('/fails', open, async () => {
          throw new Failure('conflict', 'taken', 'It is taken.', { by: 'x' });
        }),
    );
    const response = await fetch(`${running.url}/fails`);
    const document = (await response.json()) as Record<string, unknown>;
    assert.equal(response.status, 409);
    assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(document.requestId, response.headers.get('x-request-id'));
    assert.ok(isId(String(document.requestId)));
    assert.deepEqual([document.code, document.params], ['taken', { by: 'x' }]);
  });

  test('unknown addresses are 404, known ones by the wrong method 405 with Allow', async () => {
    await using running = await start((app) => void app.post('/things/:id', open, async () => 'x'));
    assert.equal((await fetch(`${running.url}/nothing`)).status, 404);
    const wrong = await fetch(`${running.url}/things/1`);
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'POST');
    assert.equal(((await wrong.json()) as { code: string }).code, 'method-not-allowed');
  });

  test('a bug says nothing of itself and is logged with the request id', async () => {
    const errors: string[] = [];
    await using running = await start(
      (app) =>
        void app.get('/bug', open, async () => {
          throw new Error('inner secret');
        }),
      { log: { request: () => {}, error: (id, error) => errors.push(`${id} ${String(error)}`) } },
    );
    const response = await fetch(`${running.url}/bug`);
    assert.equal(response.status, 500);
    assert.ok(!(await response.text()).includes('inner secret'));
    assert.match(errors[0] ?? '', new RegExp(`^${response.headers.get('x-request-id')} .*inner secret`));
  });

  test('a client that leaves in the middle of its body is no error of ours', async () => {
    const errors: unknown[] = [];
    const left = Promise.withResolvers<void>();
    const routes = (app: FastifyInstance) => {
      app.addHook('onRequest', (request, _reply, done) => {
        request.raw.once('close', left.resolve);
        done();
      });
      app.post('/x', open, async () => 'x');
    };
    const log = { request: () => {}, error: (_id: string, error: unknown) => errors.push(error) };
    await using running = await start(routes, { log });
    const socket = connect(running.port, '127.0.0.1');
    const head = 'POST /x HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 1000\r\n\r\nabc';
    socket.write(head, () => setTimeout(() => socket.destroy(), 50));
    await left.promise;
    await immediate();
    assert.deepEqual(errors, []);
  });

  test('an address that does not decode is refused, not a crash', async () => {
    await using running = await start((app) => void app.get('/x/:y', open, async () => 'x'));
    const answer = await raw(running.port, 'GET /x/%E0%A4%A HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.1 400 /);
  });
});

describe('the wire', () => {
  test('HTTP/1.0 without Host is served', async () => {
    await using running = await start((app) => void app.get('/old', open, async () => 'good'));
    const answer = await raw(running.port, 'GET /old HTTP/1.0\r\n\r\n');
    assert.match(answer, /^HTTP\/1\.[01] 200 /);
    assert.ok(answer.endsWith('good'));
  });

  test('request lines up to 60 kB pass; beyond the limit the answer is 431', async () => {
    await using running = await start(
      (app) => void app.get('/long', open, async (request) => String(request.raw.url?.length)),
    );
    const long = await fetch(`${running.url}/long?message=${'A'.repeat(60_000)}`);
    assert.equal(long.status, 200);
    assert.match(
      await raw(running.port, `GET /long?${'A'.repeat(70_000)} HTTP/1.1\r\nhost: x\r\n\r\n`),
      /^HTTP\/1\.1 431 /,
    );
  });

  test('the log has no query and no credentials', async () => {
    const entries: RequestLogEntry[] = [];
    await using running = await start((app) => void app.get('/scep', open, async () => 'x'), {
      log: { request: (entry) => entries.push(entry), error: () => {} },
    });
    await fetch(`${running.url}/scep?message=SECRET`, { headers: { authorization: 'Bearer SECRET' } });
    assert.equal(entries[0]?.path, '/scep');
    assert.ok(!JSON.stringify(entries).includes('SECRET'));
  });

  test('a forwarded client address counts only from a trusted proxy', async () => {
    const routes = (app: FastifyInstance) => void app.get('/ip', open, async (request) => request.ip);
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await using strict = await start(routes);
    assert.equal(await (await fetch(`${strict.url}/ip`, { headers })).text(), '127.0.0.1');
    await using trusting = await start(routes, { trustedProxies: ['127.0.0.1'] });
    assert.equal(await (await fetch(`${trusting.url}/ip`, { headers })).text(), '203.0.113.7');
  });

  test('a taken port is a failure that names it', async () => {
    await using running = await start(() => {});
    await assert.rejects(running.server.listen({ host: '127.0.0.1', port: running.port }), (error: Failure) => {
      assert.equal(error.code, 'cannot-listen');
      return error.message.includes(String(running.port));
    });
  });
});

describe('stopping', () => {
  test('requests under way finish, idle connections end, new ones are refused', async () => {
    const gate = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const running = await start(
      (app) =>
        void app.get('/slow', open, async () => {
          arrived.resolve();
          await gate.promise;
          return 'finished';
        }),
    );
    const slow = fetch(`${running.url}/slow`);
    await arrived.promise;
    const stopped = running.server.stop(5000);
    await assert.rejects(fetch(`${running.url}/slow`));
    gate.resolve();
    assert.equal(await (await slow).text(), 'finished');
    await stopped;
  });

  test('what does not finish in time is cut', async () => {
    const arrived = Promise.withResolvers<void>();
    const running = await start(
      (app) =>
        void app.get('/never', open, () => {
          arrived.resolve();
          return new Promise<string>(() => {});
        }),
    );
    const never = assert.rejects(fetch(`${running.url}/never`));
    await arrived.promise;
    await running.server.stop(50);
    await never;
  });
});

test('routes that come later are read at the first request for their path, and again when reading failed', async () => {
  let reads = 0;
  await using running = await start((app) => void app.get('/apiary', open, () => 'first'), {
    later: {
      path: '/api',
      load: async () => {
        if (++reads === 1) throw new Error('half an installation');
        return (app) => void app.get('/api/hello', open, () => 'later');
      },
    },
  });
  const ask = async (path: string) => {
    const response = await fetch(running.url + path);
    return [response.status, await response.text()] as const;
  };
  assert.deepEqual(await ask('/apiary'), [200, 'first']);
  assert.equal(reads, 0);
  assert.equal((await ask('/api/hello'))[0], 503);
  assert.deepEqual(await Promise.all([ask('/api/hello'), ask('/api/hello')]), [
    [200, 'later'],
    [200, 'later'],
  ]);
  assert.equal(reads, 2);
  assert.equal((await ask('/api'))[0], 404);
  assert.deepEqual(
    (await running.server.routes()).map(({ method, url }) => `${method} ${url}`),
    ['GET /apiary', 'HEAD /apiary', 'GET /api/hello', 'HEAD /api/hello'],
  );
});
