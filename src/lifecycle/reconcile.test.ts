import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser } from '../../test/support/make-facts.ts';
import { openTestStores, type StoreKind, storeKinds } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import { mintChallenge } from '../challenges/mint-challenge.ts';
import { isDue } from '../deployments/deployment.ts';
import type { Device } from '../directory/device.ts';
import { importFileOf } from '../directory/import/import-file.ts';
import { type ImportDirectoryDeps, importDirectory } from '../directory/import-directory.ts';
import { removeDevices } from '../directory/remove-devices.ts';
import { saveDevice } from '../directory/save-device.ts';
import { saveUser } from '../directory/save-user.ts';
import { systemCause } from '../events/event.ts';
import { systemClock } from '../lib/clock.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import type { Profile } from '../profiles/profile.ts';
import { reconcile, reconcileDevice } from './reconcile.ts';
import { startReconcileLoop } from './reconcile-loop.ts';
import { steadyPace } from './reconcile-pace.ts';

const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 };
const cause = systemCause;
const nothingDone = { devices: 0, created: 0, changed: 0, removed: 0, held: 0, cancelledChallenges: 0 };
const everything = { mode: 'include', target: { kind: 'allDevices' } } as const;
const everybody = { mode: 'include', target: { kind: 'allUsers' } } as const;

async function open(kind: StoreKind = 'sqlite') {
  const stores = await openTestStores({ clock, kind });
  const deps = { ...stores, clock, wanted: { ...stores, reach: stores } };
  return {
    stores,
    deps,
    put: (profiles: readonly Profile[]) =>
      stores.transact(async () => {
        for (const profile of profiles) assert.ok(await stores.profiles.save(profile));
      }),
    assign: (profile: Profile, assignments: readonly NewAssignment[]) =>
      assign(deps, { profileId: profile.id, assignments, cause }),
    reconcile: () => reconcile(deps, { limit: 1000, cause }),
    deployment: async (device: Device, profile: Profile) => {
      const all = await stores.deployments.byDevices([device.id]);
      const found = all.find(({ profileId, wanted }) => profileId === profile.id && wanted);
      assert.ok(found, `no deployment of ${profile.name}`);
      return found;
    },
    events: async () => (await stores.events.list({ subject: null, types: null }, { limit: 500, cursor: null })).items,
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

test('an assignment becomes deployments without any device calling, and a second pass writes nothing', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const profile = makeScepProfile(root);
  const [near, far] = [makeDevice({ deviceName: 'near' }), makeDevice({ platform: 'ios' })];
  await world.stores.transact(() => world.stores.devices.save([near, far]));
  await world.put([root, profile]);
  await world.assign(root, [everything]);
  await world.assign(profile, [everything]);
  const first = await world.reconcile();
  // The other one is of another platform.
  assert.deepEqual(first, { devices: 1, created: 2, changed: 0, removed: 0, held: 0, cancelledChallenges: 0 });
  const deployment = await world.deployment(near, profile);
  assert.equal(deployment.expectation?.subjectText, 'CN=near');
  assert.ok(isDue(deployment));
  assert.deepEqual(await world.stores.deployments.byDevices([far.id]), []);

  const events = (await world.events()).length;
  assert.deepEqual(await world.reconcile(), {
    devices: 0,
    created: 0,
    changed: 0,
    removed: 0,
    held: 0,
    cancelledChallenges: 0,
  });
  await world.stores.transact(() => world.stores.dirtyQueue.markAll());
  const again = await world.reconcile();
  assert.deepEqual(again, { devices: 2, created: 0, changed: 0, removed: 0, held: 0, cancelledChallenges: 0 });
  assert.equal((await world.events()).length, events);
  assert.deepEqual(await world.deployment(near, profile), deployment);
});

for (const kind of storeKinds()) {
  test(`a changed value ends the challenges made for the old one, and only those (${kind})`, async () => {
    await using world = await open(kind);
    const root = makeTrustedProfile();
    const profile = makeScepProfile(root);
    const [changed, other] = [makeDevice({ deviceName: 'old' }), makeDevice()];
    await world.stores.transact(() => world.stores.devices.save([changed, other]));
    await world.put([root, profile]);
    for (const one of [root, profile]) await world.assign(one, [everything]);
    await world.reconcile();
    const mint = async (device: Device) => {
      const deployment = await world.deployment(device, profile);
      const input = { deployment, lifetime: 60_000, now: clock.now(), cause };
      assert.equal((await world.stores.transact(() => mintChallenge(world.stores, input))).kind, 'minted');
      return deployment;
    };
    const [before, bystander] = [await mint(changed), await mint(other)];
    await saveDevice(world.deps, { id: changed.id, facts: { deviceName: 'new' }, source: 'api', cause });
    assert.deepEqual(await world.reconcile(), {
      devices: 1,
      created: 0,
      changed: 1,
      removed: 0,
      held: 0,
      cancelledChallenges: 1,
    });
    const after = await world.deployment(changed, profile);
    assert.equal(after.expectation?.subjectText, 'CN=new');
    assert.equal(after.revision, before.revision + 1);
    const stateOf = async (id: string) => (await world.stores.challenges.byDeployment(id, 1))[0]?.state;
    assert.equal(await stateOf(before.id), 'cancelled');
    assert.equal(await stateOf(bystander.id), 'live');
  });
}

for (const kind of storeKinds()) {
  test(`marks for one profile bring what rests on it, what it rests on and what is gone (${kind})`, async () => {
    await using world = await open(kind);
    const [root, other] = [makeTrustedProfile(), makeTrustedProfile()];
    const [first, second] = [makeScepProfile(root), makeScepProfile(root)];
    const device = makeDevice({ deviceName: 'one' });
    await world.stores.transact(() => world.stores.devices.save([device]));
    await world.put([root, other, first, second]);
    const marked = async () => (await world.stores.dirtyQueue.takeOne(device.id))?.profileId ?? null;
    const problemOf = async (profile: Profile) => (await world.deployment(device, profile)).problem?.code ?? null;
    for (const one of [first, second]) await world.assign(one, [everything]);
    assert.equal(await marked(), null, 'of two profiles: for everything');
    await world.reconcile();
    assert.deepEqual([await problemOf(first), await problemOf(second)], ['root-not-assigned', 'root-not-assigned']);

    await world.assign(root, [everything]);
    assert.equal(await marked(), root.id);
    await world.reconcile();
    assert.deepEqual([await problemOf(first), await problemOf(second)], [null, null], 'both rest on it');

    const edit = (profile: Profile) =>
      world.stores.transact(async () => {
        assert.ok(await world.stores.profiles.save(profile));
        await world.stores.dirtyQueue.markAll(profile.settings.platform, profile.id);
      });
    await edit({ ...first, version: 2, settings: { ...first.settings, rootCertificate: other.id } });
    assert.deepEqual({ ...(await world.reconcile()), devices: 0 }, { ...nothingDone, changed: 1 });
    assert.deepEqual([await problemOf(first), await problemOf(second)], ['root-not-assigned', null]);
    await edit({ ...second, version: 2, settings: { ...second.settings, subjectNameFormat: 'CN={{DeviceName}},O=x' } });
    assert.deepEqual({ ...(await world.reconcile()), devices: 0 }, { ...nothingDone, changed: 1 });
    assert.equal((await world.deployment(device, second)).expectation?.subjectText, 'CN=one, O=x');

    await deleteProfile(world.deps, { id: second.id, version: null, cause });
    assert.equal(await marked(), second.id);
    assert.deepEqual({ ...(await world.reconcile()), devices: 0 }, { ...nothingDone, removed: 1 });

    // The directory has the last word, however narrow the mark before it was.
    await world.assign(first, []);
    await saveDevice(world.deps, { id: device.id, facts: { deviceName: 'two' }, source: 'api', cause });
    await world.assign(first, [everything]);
    assert.equal(await marked(), null);
  });
}

test('a missing variable fails one deployment and names itself', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const good = makeScepProfile(root);
  const bad = makeScepProfile(root, { subjectNameFormat: 'CN={{IMEI}}' });
  const device = makeDevice();
  await world.stores.transact(() => world.stores.devices.save([device]));
  await world.put([root, good, bad]);
  for (const one of [root, good, bad]) await world.assign(one, [everything]);
  await world.reconcile();
  assert.equal((await world.deployment(device, good)).problem, null);
  const failed = await world.deployment(device, bad);
  assert.equal(failed.state, 'challengeIssueFailed');
  assert.equal(failed.problem?.unresolved.length, 1);
  assert.match(failed.problem?.unresolved[0]?.variable ?? '', /IMEI/);
  const types = (await world.events()).filter(({ subjects }) => subjects.some(({ id }) => id === failed.id));
  assert.deepEqual(
    types.map(({ type }) => type),
    ['deployment.failed'],
  );
});

test('user certificates belong to the primary user and change hands with the device', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const settings = { certificateType: 'user', subjectNameFormat: 'CN={{UserPrincipalName}}' } as const;
  const profile = makeScepProfile(root, settings);
  const [ann, bob] = [
    makeUser({ userPrincipalName: 'ann@x.example' }),
    makeUser({ userPrincipalName: 'bob@x.example' }),
  ];
  const device = makeDevice({ primaryUserId: ann.id });
  const nobodys = makeDevice();
  await world.stores.transact(async () => {
    await world.stores.users.save([ann, bob]);
    await world.stores.devices.save([device, nobodys]);
  });
  await world.put([root, profile]);
  for (const one of [root, profile]) await world.assign(one, [everything]);
  await world.reconcile();
  const anns = await world.deployment(device, profile);
  assert.deepEqual([anns.userId, anns.expectation?.subjectText], [ann.id, 'CN=ann@x.example']);
  const lonely = await world.deployment(nobodys, profile);
  assert.equal(lonely.userId, null);
  assert.equal(lonely.problem?.unresolved[0]?.variable, 'UserPrincipalName');

  await saveDevice(world.deps, { id: device.id, facts: { primaryUserId: bob.id }, source: 'api', cause });
  await world.reconcile();
  assert.equal((await world.deployment(device, profile)).userId, bob.id);
  assert.equal((await world.stores.deployments.get(anns.id))?.wanted, false);

  await saveUser(world.deps, { id: bob.id, facts: { userPrincipalName: 'rob@x.example' }, source: 'api', cause });
  await world.reconcile();
  assert.equal((await world.deployment(device, profile)).expectation?.subjectText, 'CN=rob@x.example');
});

test('a deleted profile takes its deployments along, and SCEP profiles that rest on it wait', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const profile = makeScepProfile(root);
  const device = makeDevice();
  await world.stores.transact(() => world.stores.devices.save([device]));
  await world.put([root, profile]);
  for (const one of [root, profile]) await world.assign(one, [everything]);
  await world.reconcile();
  await world.stores.transact(async () => {
    await world.stores.profiles.remove(root.id);
    await world.stores.dirtyQueue.markAll();
  });
  const counts = await world.reconcile();
  assert.deepEqual([counts.changed, counts.removed], [1, 1]);
  const waiting = await world.deployment(device, profile);
  assert.equal(waiting.problem?.code, 'root-not-assigned');
  assert.ok(!isDue(waiting));
});

test('nothing is left wanted of a device that was removed', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const device = makeDevice();
  await world.stores.transact(() => world.stores.devices.save([device]));
  await world.put([root]);
  await world.assign(root, [everything]);
  await world.reconcile();
  await removeDevices(world.deps, { deviceIds: [device.id], cause });
  assert.equal((await world.reconcile()).removed, 1);
  assert.ok((await world.stores.deployments.byDevices([device.id])).every(({ wanted }) => !wanted));
});

for (const kind of storeKinds()) {
  test(`several may reconcile at once, and each device is served once (${kind})`, async () => {
    await using world = await open(kind);
    const root = makeTrustedProfile();
    const profile = makeScepProfile(root);
    const devices = Array.from({ length: 60 }, () => makeDevice());
    await world.stores.transact(() => world.stores.devices.save(devices));
    await world.put([root, profile]);
    for (const one of [root, profile]) await world.assign(one, [everything]);
    const drain = async () => {
      let created = 0;
      for (;;) {
        const counts = await reconcile(world.deps, { limit: 7, cause });
        if (counts.devices === 0) return created;
        created += counts.created;
      }
    };
    const created = await Promise.all([drain(), drain(), drain()]);
    assert.equal(
      created.reduce((sum, one) => sum + one),
      120,
    );
    assert.equal(await world.stores.dirtyQueue.size(), 0);
  });
}

test('the loop drains in batches, wakes when told, and stops', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const devices = Array.from({ length: 25 }, () => makeDevice());
  await world.stores.transact(() => world.stores.devices.save(devices));
  await world.put([root]);
  const batches: number[] = [];
  const errors: unknown[] = [];
  const options = {
    pace: steadyPace(10),
    clock: systemClock,
    onBatch: ({ devices: n }: { devices: number }) => batches.push(n),
  };
  const loop = startReconcileLoop(world.deps, { ...options, onError: (error) => errors.push(error) });
  await world.assign(root, [everything]);
  loop.notify();
  await loop.settled();
  assert.deepEqual(batches, [10, 10, 5]);
  const late = makeDevice();
  await world.stores.transact(async () => {
    await world.stores.devices.save([late]);
    await world.stores.dirtyQueue.mark([late.id]);
  });
  loop.notify();
  loop.notify();
  await loop.settled();
  assert.deepEqual(batches, [10, 10, 5, 1]);
  await loop[Symbol.asyncDispose]();
  await world.stores.transact(() => world.stores.dirtyQueue.markAll());
  loop.notify();
  await loop.settled();
  assert.equal(await world.stores.dirtyQueue.size(), 26, 'a stopped loop leaves the queue alone');
  assert.deepEqual(errors, []);
});

test('a pass that fails keeps its marks, and the next one serves them', async () => {
  await using world = await open();
  const device = makeDevice();
  await world.stores.transact(async () => {
    await world.stores.devices.save([device]);
    await world.stores.dirtyQueue.mark([device.id]);
  });
  let broken = true;
  const all = async () => {
    if (broken) throw new Error('no profiles today');
    return world.stores.profiles.all();
  };
  const errors: unknown[] = [];
  const deps = { ...world.deps, wanted: { ...world.deps.wanted, profiles: { all } } };
  await using loop = startReconcileLoop(deps, { clock: systemClock, onError: (error) => errors.push(error) });
  loop.notify();
  await assert.rejects(loop.settled(), /no profiles today/);
  assert.equal(errors.length, 1);
  assert.equal(await world.stores.dirtyQueue.size(), 1);
  broken = false;
  await loop.settled();
  assert.equal(await world.stores.dirtyQueue.size(), 0);
});

for (const kind of storeKinds()) {
  test(`the whole sample organisation reconciles, each device to the profiles of its platform (${kind})`, async () => {
    await using world = await open(kind);
    const read = async (name: string) =>
      importFileOf(await readFile(new URL(`../../examples/sample-org/${name}.csv`, import.meta.url), 'utf8'));
    const files = {
      users: await read('users'),
      groups: await read('groups'),
      members: await read('group-members'),
      devices: await read('devices'),
    };
    const deleteDevices: ImportDirectoryDeps['deleteDevices'] = (input) => removeDevices(world.stores, input);
    const groupUses = async () => new Map();
    await importDirectory({ ...world.deps, groupUses, deleteDevices }, { files, mode: 'apply', prune: null, cause });
    const windows = makeTrustedProfile('windows10');
    const linux = makeTrustedProfile('linux');
    const office = makeScepProfile(windows);
    const hosts = makeScepProfile(linux, { subjectNameFormat: 'CN={{FullyQualifiedDomainName}}' });
    await world.put([windows, linux, office, hosts]);
    for (const one of [windows, linux, office, hosts]) await world.assign(one, [everything]);
    const [people] = await world.stores.groups.findByName('Executives');
    assert.ok(people);
    const executives = { mode: 'exclude', target: { kind: 'group', groupId: people.id } } as const;
    await world.assign(office, [everything, everybody, executives]);
    const counts = await world.reconcile();
    assert.equal(counts.devices, 135);
    const { items } = await world.stores.deployments.list(
      { profileId: hosts.id, deviceId: null, states: null },
      { limit: 500, cursor: null },
    );
    // 8 Linux machines, of which one has not been registered yet.
    assert.equal(items.length, 7);
    assert.ok(items.every(({ expectation }) => expectation !== null));
    const [managedElsewhere] = await world.stores.devices.findByName('AF-WIN-004');
    assert.ok(managedElsewhere);
    assert.deepEqual(await world.stores.deployments.byDevices([managedElsewhere.id]), []);
    const [group] = await world.stores.groups.findByName('kiosks');
    assert.equal(group?.kind, makeGroup().kind);
  });
}

for (const kind of storeKinds())
  test(`a device that checks in is brought up to date, and the rest of the queue waits (${kind})`, async () => {
    await using world = await open(kind);
    const root = makeTrustedProfile();
    const profile = makeScepProfile(root);
    const [here, elsewhere] = [makeDevice({ deviceName: 'here' }), makeDevice({ deviceName: 'elsewhere' })];
    await world.stores.transact(() => world.stores.devices.save([here, elsewhere]));
    await world.put([root, profile]);
    await world.assign(root, [everything]);
    await world.assign(profile, [everything]);
    const counts = await reconcileDevice(world.deps, { deviceId: here.id, cause });
    assert.equal(counts.devices, 1);
    assert.equal((await world.deployment(here, profile)).expectation?.subjectText, 'CN=here');
    assert.deepEqual(await world.stores.deployments.byDevices([elsewhere.id]), []);
    assert.equal(await world.stores.dirtyQueue.size(), 1);
    assert.equal((await reconcileDevice(world.deps, { deviceId: here.id, cause })).devices, 0);
  });

test('a stored profile that can no longer be read fails where it applies, and holds up nothing else', async () => {
  await using world = await open();
  const root = makeTrustedProfile();
  const good = makeScepProfile(root);
  const bad = makeScepProfile(root, { subjectNameFormat: 'CN={{Unheard' });
  const device = makeDevice({ deviceName: 'near' });
  await world.stores.transact(() => world.stores.devices.save([device]));
  await world.put([root, good, bad]);
  for (const profile of [root, good, bad]) await world.assign(profile, [everything]);
  await world.reconcile();
  assert.equal((await world.deployment(device, good)).problem, null);
  const { expectation, problem } = await world.deployment(device, bad);
  assert.equal(expectation, null);
  assert.equal(problem?.code, 'template-invalid');
  assert.equal(await world.stores.dirtyQueue.size(), 0);
});
