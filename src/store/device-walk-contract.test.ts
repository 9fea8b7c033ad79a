/** Walks over very many devices, and deployments of some profiles, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { makeDevice, makeScepProfile, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { aDeployment } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';

suite('a walk over devices', () => {
  storeTest('is by platform in order of id, page by page, without those that are retired', async (stores) => {
    const devices = [1, 2, 3].map(() => makeDevice());
    const others = [makeDevice({ platform: 'ios' }), makeDevice({ retiredAt: 1 })];
    await stores.transact(() => stores.devices.save([...devices.toReversed(), ...others]));
    const ids = devices.map(({ id }) => id);
    const { ofPlatform } = stores.deviceWalk;
    assert.deepEqual(await ofPlatform('linux', null, 2), ids.slice(0, 2));
    assert.deepEqual(await ofPlatform('linux', ids[1] ?? null, 2), ids.slice(2));
    assert.deepEqual(await ofPlatform('linux', ids[2] ?? null, 2), []);
  });

  storeTest('brings what decides about assignments, as the device has it', async (stores) => {
    const [first, second] = [
      makeDevice({ model: 'M', isRooted: true, reported: { osVersion: '13.1' } }),
      makeDevice({ management: null, registeredAt: null }),
    ];
    const others = [makeDevice({ platform: 'ios' }), makeDevice({ retiredAt: 1 })];
    await stores.transact(() => stores.devices.save([second, first, ...others]));
    const { assignable, assignableOfPlatform } = stores.deviceWalk;
    const page = await assignableOfPlatform('linux', null, 5);
    assert.deepEqual(
      page.map(({ id }) => id),
      [first.id, second.id],
    );
    for (const [at, device] of [first, second].entries()) assert.deepEqual({ ...device, ...page[at] }, device);
    assert.deepEqual(await assignableOfPlatform('linux', first.id, 1), page.slice(1));
    const ids = [second, first, ...others].map(({ id }) => id);
    assert.deepEqual(
      (await assignable(ids)).map(({ id }) => id),
      [first.id, second.id, others[0]?.id],
    );
  });

  storeTest('is by wanted deployments of a profile; deployments are read for these profiles alone', async (stores) => {
    const [one, other] = [makeScepProfile(makeTrustedProfile()), makeScepProfile(makeTrustedProfile())];
    const [device, second] = [makeDevice(), makeDevice()];
    const of = (profileId: typeof one.id, deviceId: typeof device.id, wanted = true) =>
      aDeployment({ profileId, deviceId, wanted });
    const [first, next] = [of(one.id, device.id), of(one.id, second.id)];
    const gone = of(one.id, makeDevice().id, false);
    const unrelated = of(other.id, device.id);
    await stores.transact(() => stores.deployments.save([first, next, gone, unrelated]));
    const { withProfile } = stores.deviceWalk;
    const page = await withProfile(one.id, null, 1);
    assert.deepEqual(page, [{ deviceId: device.id, deploymentId: first.id }]);
    assert.deepEqual(await withProfile(one.id, first.id, 5), [{ deviceId: second.id, deploymentId: next.id }]);
    const ids = [device.id, second.id, gone.deviceId];
    const found = await stores.deployments.byDevices(ids, [one.id]);
    assert.deepEqual(found.map(({ id }) => id).sort(), [first.id, next.id, gone.id].sort());
    assert.deepEqual(await stores.deployments.byDevices([device.id], []), []);
  });
});
