/** The verbs behind the administration API: what they write, whom they mark, what they refuse. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDevice, makeGroup, makeId, makeUser } from '../../test/support/make-facts.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import { changeMembers } from './change-members.ts';
import { removeDevices } from './remove-devices.ts';
import { removeGroups } from './remove-groups.ts';
import { removeUsers } from './remove-users.ts';
import { reportFacts } from './report-facts.ts';
import { retireDevice } from './retire-device.ts';
import { saveDevice } from './save-device.ts';
import { saveGroup } from './save-group.ts';
import { saveUser } from './save-user.ts';

const now = 1_800_000_000_000;
const cause = systemCause;
const source = 'api';

/** Ann with a laptop, Bob with a phone, a kiosk of nobody; Staff holds Ann, Everyone holds Staff. */
async function open() {
  const clock = { now: () => now, monotonic: () => 0 };
  const stores = await openTestStores({ clock });
  const [ann, bob] = [
    makeUser({ userPrincipalName: 'ann@x.example' }),
    makeUser({ userPrincipalName: 'bob@x.example' }),
  ];
  const laptop = makeDevice({ primaryUserId: ann.id });
  const phone = makeDevice({ primaryUserId: bob.id, platform: 'ios', registeredAt: null });
  const kiosk = makeDevice();
  const [staff, everyone] = [makeGroup({ kind: 'user', name: 'Staff' }), makeGroup({ kind: 'user', name: 'Everyone' })];
  const kiosks = makeGroup({ name: 'Kiosks' });
  await stores.transact(async () => {
    await stores.users.save([ann, bob]);
    await stores.devices.save([laptop, phone, kiosk]);
    await stores.groups.save([staff, everyone, kiosks]);
    const add = [
      { groupId: staff.id, member: { kind: 'user', id: ann.id } as const },
      { groupId: everyone.id, member: { kind: 'group', id: staff.id } as const },
    ];
    await stores.groups.changeMembers({ add, remove: [] });
  });
  return {
    deps: { ...stores, clock },
    stores,
    people: { ann, bob },
    devices: { laptop, phone, kiosk },
    groups: { staff, everyone, kiosks },
    /** The devices marked since the last call. */
    marked: async () => {
      const taken = await stores.dirtyQueue.take(100);
      await stores.transact(() => stores.dirtyQueue.done(taken));
      return taken.map(({ deviceId }) => deviceId).sort();
    },
    events: async () => (await stores.events.list({ subject: null, types: null }, { limit: 100, cursor: null })).items,
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

test('a changed user marks their devices; the same again writes nothing', async () => {
  await using world = await open();
  const { ann } = world.people;
  const input = { id: ann.id, facts: { surname: 'Alder' }, source, cause } as const;
  const saved = await saveUser(world.deps, input);
  assert.equal(saved.sources.surname, 'api');
  assert.deepEqual(await world.marked(), [world.devices.laptop.id]);
  await saveUser(world.deps, input);
  assert.deepEqual(await world.marked(), []);
  assert.equal((await world.events()).length, 1);
  const cleared = await saveUser(world.deps, { ...input, facts: { surname: null } });
  assert.equal(cleared.surname, null);
  assert.equal(cleared.sources.surname, undefined);
});

test('users that cannot be are refused', async () => {
  await using world = await open();
  const { ann } = world.people;
  const save = (id: typeof ann.id | null, userPrincipalName?: string) =>
    saveUser(world.deps, { id, facts: userPrincipalName === undefined ? {} : { userPrincipalName }, source, cause });
  await assert.rejects(save(makeId()), { code: 'user-not-found' });
  await assert.rejects(save(null), { code: 'principal-name-missing' });
  await assert.rejects(save(null, 'ANN@x.example'), { code: 'principal-name-taken' });
  await assert.rejects(save(ann.id, 'bob@x.example'), { code: 'principal-name-taken' });
  assert.equal((await save(ann.id, 'ANN@x.example')).userPrincipalName, 'ANN@x.example');
  assert.equal((await save(null, 'new@x.example')).userPrincipalName, 'new@x.example');
});

test('a changed device is marked; what cannot be is refused', async () => {
  await using world = await open();
  const { kiosk } = world.devices;
  const save = (id: typeof kiosk.id | null, facts: Parameters<typeof saveDevice>[1]['facts']) =>
    saveDevice(world.deps, { id, facts, source, cause });
  const saved = await save(kiosk.id, { serialNumber: 'S1', primaryUserId: world.people.bob.id });
  assert.deepEqual([saved.serialNumber, saved.sources.primaryUserId], ['S1', 'api']);
  assert.deepEqual(await world.marked(), [kiosk.id]);
  await save(kiosk.id, { serialNumber: 'S1' });
  assert.deepEqual(await world.marked(), []);
  const made = await save(null, { deviceName: 'new', platform: 'windows10' });
  assert.deepEqual([made.ownership, made.platform, made.sources.platform], ['unknown', 'windows10', 'api']);
  assert.deepEqual(await world.marked(), [made.id]);
  const moved = await save(made.id, { platform: 'windows81' });
  assert.equal(moved.platform, 'windows81');
  await assert.rejects(save(makeId(), {}), { code: 'device-not-found' });
  await assert.rejects(save(null, { deviceName: 'x' }), { code: 'device-name-or-platform-missing' });
  await assert.rejects(save(kiosk.id, { primaryUserId: makeId() }), { code: 'user-not-found' });
  await assert.rejects(save(kiosk.id, { management: 'dedicated' }), { code: 'management-does-not-fit' });
});

test('a co-management workload is one of the known words, however it is spelled', async () => {
  await using world = await open();
  const { kiosk } = world.devices;
  const say = (id: typeof kiosk.id | null, coManagementWorkload: string | null) =>
    saveDevice(world.deps, {
      id,
      facts: { deviceName: 'x', platform: 'windows10', coManagementWorkload },
      source,
      cause,
    });
  for (const word of ['configurationManager', 'ConfigMgr', 'Pilot Intune', 'pilot', 'INTUNE', null])
    assert.equal((await say(kiosk.id, word)).coManagementWorkload, word);
  const known = ['configurationManager', 'configMgr', 'pilot', 'pilotIntune', 'intune'];
  for (const id of [null, kiosk.id])
    await assert.rejects(say(id, 'configurationManger'), {
      kind: 'invalid',
      code: 'unknown-workload',
      message: `"configurationManger" is not a co-management workload. Did you mean "configurationManager"? Known are ${known.join(', ')}.`,
      params: { known, meant: 'configurationManager' },
    });
  for (const word of ['', '--', 'pilot2', 'sccm'])
    await assert.rejects(say(kiosk.id, word), { code: 'unknown-workload' });
  assert.equal((await world.stores.devices.get(kiosk.id))?.coManagementWorkload, null);
});

test('a group keeps its kind and a name of its own', async () => {
  await using world = await open();
  const { staff } = world.groups;
  const save = (change: Partial<Parameters<typeof saveGroup>[1]>) =>
    saveGroup(world.deps, { id: staff.id, name: 'Staff', kind: 'user', description: '', cause, ...change });
  await save({});
  assert.deepEqual(await world.events(), []);
  assert.equal((await save({ description: 'All of us' })).description, 'All of us');
  assert.deepEqual(await world.marked(), []);
  await assert.rejects(save({ kind: 'device' }), { code: 'group-kind-changed' });
  await assert.rejects(save({ name: 'kiosks' }), { code: 'group-name-taken' });
  await assert.rejects(save({ name: '' }), { code: 'group-name-missing' });
  await assert.rejects(save({ id: makeId() }), { code: 'group-not-found' });
});

test('a membership touches the devices of the member named, not of the whole group', async () => {
  await using world = await open();
  const { staff, everyone, kiosks } = world.groups;
  const bob = { kind: 'user', id: world.people.bob.id } as const;
  const nested = { kind: 'group', id: staff.id } as const;
  const change = (group: { id: typeof staff.id }, add: Parameters<typeof changeMembers>[1]['add']) =>
    changeMembers(world.deps, { groupId: group.id, add, remove: [], cause });
  assert.equal(await change(staff, [bob]), 1);
  assert.deepEqual(await world.marked(), [world.devices.phone.id]);
  assert.equal(await change(staff, [bob]), 0);
  assert.deepEqual(await world.marked(), []);
  await changeMembers(world.deps, { groupId: everyone.id, add: [], remove: [nested], cause });
  assert.deepEqual(await world.marked(), [world.devices.laptop.id, world.devices.phone.id].sort());
  await assert.rejects(change(kiosks, [bob]), { code: 'wrong-group-kind' });
  await assert.rejects(change(kiosks, [nested]), { code: 'wrong-group-kind' });
  await assert.rejects(change(staff, [nested]), { code: 'member-of-itself' });
  await assert.rejects(change(staff, [{ kind: 'user', id: makeId() }]), { code: 'member-not-found' });
  await assert.rejects(change({ id: makeId() }, []), { code: 'group-not-found' });
});

test('removals mark whoever is touched, and remove what is there', async () => {
  await using world = await open();
  const { staff, everyone } = world.groups;
  const { laptop, kiosk } = world.devices;
  const deps = { ...world.deps, groupUses: async () => new Map() };
  assert.equal(await removeGroups(deps, { groupIds: [everyone.id, everyone.id, makeId()], cause }), 1);
  assert.deepEqual(await world.marked(), [laptop.id]);
  assert.ok(await world.stores.groups.get(staff.id));
  assert.equal(await removeUsers(world.deps, { userIds: [world.people.ann.id, makeId()], cause }), 1);
  assert.deepEqual(await world.marked(), [laptop.id]);
  assert.equal((await world.stores.devices.get(laptop.id))?.primaryUserId, null);
  assert.equal(await removeDevices(world.deps, { deviceIds: [kiosk.id, makeId()], cause }), 1);
  assert.deepEqual(await world.marked(), [kiosk.id]);
  assert.equal(await world.stores.devices.get(kiosk.id), null);
});

test('what a device says of itself stays apart; its first complete inventory registers it', async () => {
  await using world = await open();
  const { phone } = world.devices;
  const report = (complete: boolean, model: string) =>
    reportFacts(world.deps, { deviceId: phone.id, reported: { model, serialNumber: 'S' }, complete, cause });
  const first = await report(false, 'iPhone');
  assert.ok(first);
  assert.deepEqual([first.model, first.reported.model, first.registeredAt], [null, 'iPhone', null]);
  assert.deepEqual(await world.marked(), [phone.id]);
  const registered = await report(true, 'iPhone');
  assert.ok(registered);
  assert.deepEqual([registered.registeredAt, registered.sources.registeredAt], [now, 'device']);
  assert.deepEqual(await world.marked(), [phone.id]);
  await report(true, 'iPhone');
  assert.deepEqual(await world.marked(), []);
  assert.equal((await world.events()).length, 2);
});

test('a device retires once', async () => {
  await using world = await open();
  const { laptop } = world.devices;
  const retire = () => retireDevice(world.deps, { deviceId: laptop.id, action: 'retire', cause });
  assert.equal((await retire()).retiredAt, now);
  assert.deepEqual(await world.marked(), [laptop.id]);
  await retire();
  assert.equal((await world.events()).length, 1);
  assert.deepEqual(await world.marked(), []);
});
