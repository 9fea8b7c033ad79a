import assert from 'node:assert/strict';
import { makeDevice, makeId, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { aCertificate, aChallenge, aDeployment, anIssuance, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import type { CertificateId } from '../authority/certificate.ts';
import { importFileOf } from '../directory/import/import-file.ts';
import { importDirectory } from '../directory/import-directory.ts';
import { systemCause } from '../events/event.ts';
import { reconcile } from './reconcile.ts';
import { deleteDevices, type RemoveDeps, retire } from './remove.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const clock = { now: () => recordTime };
const cause = systemCause;

/** A device with an issued deployment, one that is due with a live challenge, and a trusted certificate. */
async function enrolled(stores: Store) {
  const device = makeDevice();
  const held = aDeployment({ deviceId: device.id });
  const due = aDeployment({ deviceId: device.id });
  const root = makeTrustedProfile();
  const trusted = aDeployment({
    deviceId: device.id,
    kind: 'trustedCertificate',
    profileId: root.id,
    expectation: null,
  });
  const [first, waiting] = [aChallenge(held), aChallenge(due)];
  await stores.transact(async () => {
    await stores.devices.save([device]);
    await stores.deployments.save([held, due, { ...trusted, state: 'installed' }]);
    await stores.challenges.insert([first, waiting]);
  });
  const certificate = aCertificate({ deploymentId: held.id, generation: 1 });
  const committed = await stores.ledger.commit(anIssuance(held, first, { certificate }));
  assert.deepEqual(committed, { kind: 'committed' });
  return { device, held, due, trusted, waiting, certificate };
}

function depsOf(stores: Store): RemoveDeps {
  const revoke: RemoveDeps['revoke'] = ({ certificateId, reason }) =>
    stores.certificates.revoke(certificateId, recordTime, reason);
  return { ...stores, clock, revoke };
}

async function states(stores: Store, ids: readonly Parameters<Store['deployments']['get']>[0][]) {
  const deployments = await Promise.all(ids.map((id) => stores.deployments.get(id)));
  return deployments.map((deployment) => [deployment?.wanted, deployment?.state]);
}

storeTest('a retired device loses everything at once', async (stores) => {
  const { device, held, due, trusted, waiting, certificate } = await enrolled(stores);
  const other = await enrolled(stores);
  const result = await retire(depsOf(stores), { deviceId: device.id, action: 'retire', cause });
  assert.equal(result.revoked, 1);
  assert.equal(result.device.retiredAt, recordTime);
  assert.deepEqual(await states(stores, [held.id, due.id, trusted.id]), [
    [false, 'revoked'],
    [false, 'removedFromCollection'],
    [false, 'removedFromCollection'],
  ]);
  const revoked = await stores.certificates.get(certificate.id);
  assert.deepEqual([revoked?.revokedAt, revoked?.revocationReason], [recordTime, 'cessationOfOperation']);
  const challenge = await stores.challenges.findBySecretHash(waiting.secretHash);
  assert.deepEqual([challenge?.state, challenge?.cancelReason], ['cancelled', 'retired']);
  assert.equal((await stores.certificates.get(other.certificate.id))?.revokedAt, null);

  const again = await retire(depsOf(stores), { deviceId: device.id, action: 'wipe', cause });
  assert.equal(again.revoked, 0);
  assert.deepEqual([again.device.retiredAt, again.device.retiredBy], [recordTime, 'wipe']);
  for (const action of ['wipe', 'retire'] as const)
    assert.equal((await retire(depsOf(stores), { deviceId: device.id, action, cause })).device.retiredBy, 'wipe');
  const subject = { kind: 'device', id: device.id } as const;
  const types = ['device.retired', 'deployment.removed'] as const;
  const events = await stores.events.list({ subject, types: [...types] }, { limit: 20, cursor: null });
  assert.equal(
    events.items.length,
    5,
    'a retirement that became a wipe, and three removals, however often it is asked for',
  );

  const counts = await reconcile({ ...stores, clock, wanted: { ...stores, reach: stores } }, { limit: 10, cause });
  assert.deepEqual([counts.created, counts.changed, counts.removed], [0, 0, 0], 'nothing is left for reconcile to do');
});

storeTest('a deleted device is forgotten, its certificates are revoked and stay on record', async (stores) => {
  const { device, held, certificate } = await enrolled(stores);
  assert.equal(await deleteDevices(depsOf(stores), { deviceIds: [device.id, makeId()], cause }), 1);
  assert.equal(await stores.devices.get(device.id), null);
  assert.deepEqual(await states(stores, [held.id]), [[false, 'revoked']]);
  assert.notEqual((await stores.certificates.get(certificate.id))?.revokedAt, null);
});

storeTest('when revoking fails nothing happened', async (stores) => {
  const { device, held } = await enrolled(stores);
  const revoke = async ({ certificateId }: { certificateId: CertificateId }) => {
    throw new Error(`no ${certificateId}`);
  };
  const failing = retire({ ...depsOf(stores), revoke }, { deviceId: device.id, action: 'retire', cause });
  await assert.rejects(failing, /^Error: no /);
  assert.equal((await stores.devices.get(device.id))?.retiredAt, null);
  assert.deepEqual(await states(stores, [held.id]), [[true, 'issued']]);
});

storeTest('a device that an import prunes is deleted like any other', async (stores) => {
  const { device, held, due, waiting, certificate } = await enrolled(stores);
  const sources = { deviceName: 'csv', platform: 'csv' } as const;
  await stores.transact(() => stores.devices.save([{ ...device, sources }]));
  const deps = depsOf(stores);
  const result = await importDirectory(
    {
      ...stores,
      clock: { now: () => recordTime },
      groupUses: async () => new Map(),
      deleteDevices: (input) => deleteDevices(deps, input),
    },
    {
      files: {
        users: null,
        groups: null,
        members: null,
        devices: importFileOf('deviceName,platform\nanother,linux\n'),
      },
      mode: 'apply',
      prune: { limit: 100 },
      cause,
    },
  );
  assert.ok(result.kind === 'imported' && result.counts.devices.pruned === 1);
  assert.equal(await stores.devices.get(device.id), null);
  assert.deepEqual(await states(stores, [held.id, due.id]), [
    [false, 'revoked'],
    [false, 'removedFromCollection'],
  ]);
  assert.equal((await stores.certificates.get(certificate.id))?.revokedAt, recordTime);
  assert.equal((await stores.challenges.findBySecretHash(waiting.secretHash))?.state, 'cancelled');
  const { items } = await stores.events.list(
    { subject: { kind: 'device', id: device.id }, types: ['device.deleted'] },
    { limit: 10, cursor: null },
  );
  assert.equal(items.length, 1);
});
