/** A device that calls in the very moment in which an administrator retires or deletes it. On both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aDevice } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { removeDevices } from '../directory/remove-devices.ts';
import { retireDevice } from '../directory/retire-device.ts';
import { systemCause } from '../events/event.ts';
import { isFailure } from '../lib/failure.ts';
import { newCredential } from './new-credential.ts';
import { recordCheckIn } from './record-check-in.ts';

const facts = { deviceName: 'bench-01', platform: 'linux', osVersion: '13' };

async function aKnownDevice(stores: Awaited<ReturnType<typeof openTestStores>>) {
  const clock = fakeClock();
  const device = aDevice({ retiredAt: null, reported: {} });
  const { credential } = newCredential(clock, device.id);
  await stores.transact(async () => {
    await stores.devices.save([device]);
    await stores.credentials.insert(credential);
  });
  const deps = { ...stores, clock };
  return { device, deps, checkIn: () => recordCheckIn(deps, { device, credential, facts, requestId: null }) };
}

suite('a device that checks in', () => {
  storeTest('while it is retired stays retired', async (stores) => {
    const { device, deps, checkIn } = await aKnownDevice(stores);
    const written = Promise.withResolvers<void>();
    const commit = Promise.withResolvers<void>();
    const retiring = stores.transact(async () => {
      await retireDevice(deps, { deviceId: device.id, action: 'retire', cause: systemCause });
      written.resolve();
      await commit.promise;
    });
    await written.promise;
    const calling = checkIn();
    // As long as a database on another machine takes to answer what nobody holds.
    await Promise.race([calling, delay(200)]);
    commit.resolve();
    await Promise.all([retiring, calling]);
    const stored = await stores.devices.get(device.id);
    assert.notEqual(stored?.retiredAt, null);
    assert.equal(stored?.reported.osVersion, '13');
  });

  storeTest('after it was deleted does not come back', async (stores) => {
    const { device, deps, checkIn } = await aKnownDevice(stores);
    await removeDevices(deps, { deviceIds: [device.id], cause: systemCause });
    await assert.rejects(checkIn(), (error) => isFailure(error, 'device-unknown'));
    assert.equal(await stores.devices.get(device.id), null);
  });
});
