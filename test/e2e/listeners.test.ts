import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'node:test';
import { freePort, startWorld } from '../support/world.ts';

test('administration with an address of its own is not found at the address of devices', async () => {
  const port = await freePort();
  await using world = await startWorld({ config: { adminListen: { host: '127.0.0.1', port } } });
  const headers = { authorization: `Bearer ${world.adminToken}` };
  assert.equal(world.server.adminUrl, `http://127.0.0.1:${port}`);
  assert.equal((await fetch(`${world.server.adminUrl}/api/v1/users`, { headers })).status, 200);
  assert.equal((await fetch(`${world.url}/api/v1/users`, { headers })).status, 404);
  assert.equal((await fetch(`${world.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${world.server.adminUrl}/healthz`)).status, 200);
  assert.equal((await fetch(`${world.server.adminUrl}/device/v1/anchors`)).status, 404);
});

test('requests that never end hold up a stop once, not once per address', async () => {
  const grace = 3000;
  const port = await freePort();
  const world = await startWorld({ grace, config: { adminListen: { host: '127.0.0.1', port } } });
  const hanging = [world.server.url, world.server.adminUrl].map(halfRequest);
  await Promise.all(hanging.map(({ sent }) => sent));
  const began = performance.now();
  await world[Symbol.asyncDispose]();
  const took = performance.now() - began;
  assert.ok(took >= grace - 100 && took < 2 * grace, `${took} ms`);
  await Promise.all(hanging.map(({ cut }) => cut));
});

/** A request whose body never comes. */
function halfRequest(url: string): { readonly sent: Promise<unknown>; readonly cut: Promise<unknown> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  const cut = once(socket, 'close');
  socket.write('POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n');
  return { sent: once(socket, 'data'), cut };
}

test('a second server on the same data directory refuses, and says why', async () => {
  await using world = await startWorld();
  const second = startWorld({ config: { data: world.folder, listen: { host: '127.0.0.1', port: await freePort() } } });
  await assert.rejects(second, { code: 'data-directory-in-use' });
  assert.equal((await fetch(`${world.url}/readyz`)).status, 200);
});

test('an address that is taken is named', async () => {
  await using world = await startWorld();
  const { port } = new URL(world.url);
  await assert.rejects(startWorld({ config: { listen: { host: '127.0.0.1', port: Number(port) } } }), {
    code: 'cannot-listen',
  });
});
