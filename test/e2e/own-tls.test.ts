import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connect } from 'node:tls';
import { day } from '../../src/lib/clock.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { startWorld } from '../support/world.ts';

function serialServed(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.once('error', reject);
  });
}

it('our own TLS certificate is replaced in its last month, while the server runs', async () => {
  const clock = fakeClock();
  await using world = await startWorld({ clock, tls: true });
  assert.ok(world.tlsUrl !== null);
  const first = await serialServed(world.tlsUrl);
  await world.server.renewTls();
  assert.equal(await serialServed(world.tlsUrl), first);
  clock.advance(370 * day);
  await world.server.renewTls();
  assert.notEqual(await serialServed(world.tlsUrl), first);
});
