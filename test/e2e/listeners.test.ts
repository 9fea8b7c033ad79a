import assert from 'node:assert/strict';
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
