/** A device that ends its management by itself, beside everything else that writes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { systemCause } from '../../src/events/event.ts';
import { aCertificate } from '../support/records.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { startWorld } from '../support/world.ts';

test('a device may leave while a CRL is being signed', { timeout: 60_000 }, async () => {
  await using world = await startWorld();
  const { foundation, authority, delivery } = world.server;
  const { store } = foundation;
  const { device, deployment } = await makeScenario(world, { name: 'leaver' });
  const { issuer } = await authority.issuing.active(null);
  const { id } = await deployment();
  const notAfter = world.clock.now() + 1e9;
  const serial = '4a'.repeat(16);
  const certificate = aCertificate({ issuerId: issuer.id, serial, deploymentId: id, shard: 0, notAfter });
  await store.transact(() => store.certificates.insert(certificate));

  // It has read what is revoked and waits for the writer when its signature is made.
  const underWay = authority.publisher({ issuerId: issuer.id, shard: 0, cause: systemCause });
  const left = delivery.useCases.leaveDevice({ device, requestId: 'leaving' }).then(() => 'left');
  assert.equal(await Promise.race([left, delay(20_000, 'still waiting', { ref: false })]), 'left');
  await underWay;

  assert.notEqual((await store.devices.get(device.id))?.retiredAt, null);
  assert.notEqual((await store.certificates.get(certificate.id))?.revokedAt, null);
  const crl = await store.crls.latest(issuer.id, 0);
  assert.ok(crl !== null && Buffer.from(crl.der).includes(Buffer.from(serial, 'hex')));
});
