import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { isFailure } from '../lib/failure.ts';
import { createApiClient } from './api-client.ts';
import { connectionFailure } from './connection-failure.ts';
import { exitCode } from './exit-code.ts';

async function listening(server: Server): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a call to `url` fails with. */
async function failureAt(url: string, environment: Record<string, string> = { SCEPWARD_TOKEN: 'sesame' }) {
  const calling = createApiClient({ SCEPWARD_URL: url, ...environment }).call('/devices');
  const error = await calling.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(isFailure(error), String(error));
  assert.ok(!error.message.includes('sesame'));
  return error;
}

test('a port where nobody listens is `server-unreachable`, exit code 3', async () => {
  const { port } = await (async () => {
    await using closed = await listening(createServer());
    return closed;
  })();
  const failure = await failureAt(`http://127.0.0.1:${port}`);
  assert.equal(failure.code, 'server-unreachable');
  assert.match(failure.message, /ECONNREFUSED.*bin\/scepward serve/);
  assert.equal(exitCode(failure), 3);
});

test('a port that speaks something else is `not-http`, over http and https', async () => {
  await using other = await listening(createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n')));
  for (const scheme of ['http', 'https'])
    assert.equal((await failureAt(`${scheme}://127.0.0.1:${other.port}`)).code, 'not-http');
});

test('an answer that is not ours is `not-scepward`', async () => {
  await using other = await listening(createHttpServer((_, response) => response.end('<html>')));
  assert.equal((await failureAt(`http://127.0.0.1:${other.port}`)).code, 'not-scepward');
});

for (const [code, says] of [
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /NODE_EXTRA_CA_CERTS.*authority export/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS.*authority export/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /another name.*SCEPWARD_URL/],
] as const)
  test(`${code} is \`server-not-trusted\``, () => {
    const cause = Object.assign(new Error('no'), { code });
    const failure = connectionFailure('https://scep.example.org', new TypeError('fetch failed', { cause }));
    assert.equal(failure.code, 'server-not-trusted');
    assert.match(failure.message, says);
  });

test('a token file that cannot be read is named: the server is not blamed', async () => {
  await using folder = temporaryFolder();
  const file = folder.file('file');
  writeFileSync(file, '');
  const failure = await failureAt('http://127.0.0.1:9', { SCEPWARD_DATA: file });
  assert.equal(failure.code, 'secret-unreadable');
  assert.ok(failure.message.includes(`${file}/admin-token`));
});

test('a token that the server refuses is said to be the one of SCEPWARD_TOKEN, or of its file', async () => {
  await using server = await listening(
    createHttpServer((_, response) => {
      response.writeHead(401, { 'content-type': 'application/problem+json' });
      response.end(JSON.stringify({ code: 'unauthenticated', detail: 'Send a valid API token.' }));
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  const failure = await failureAt(url);
  assert.deepEqual([failure.code, failure.kind], ['unauthenticated', 'unauthenticated']);
  assert.match(failure.message, /token in SCEPWARD_TOKEN/);
  await using folder = temporaryFolder();
  writeFileSync(folder.file('admin-token'), 'sesame\n', { mode: 0o600 });
  const other = await failureAt(url, { SCEPWARD_DATA: folder.path });
  assert.match(other.message, /admin-token.*SCEPWARD_TOKEN/);
});
