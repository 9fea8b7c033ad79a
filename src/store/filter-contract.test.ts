/** Filters as they are stored, changed, used and looked at, on both stores. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  makeDevice,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
  makeUser,
} from '../../test/support/make-facts.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { deleteFilter } from '../assignments/filter/delete-filter.ts';
import { type Filter, maxFilters } from '../assignments/filter/filter.ts';
import { previewFilter } from '../assignments/filter/preview-filter.ts';
import { type FilterInput, saveFilter } from '../assignments/filter/save-filter.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import { saveCoManagement } from '../assignments/save-co-management.ts';
import type { DeviceId } from '../directory/device.ts';
import { systemCause as cause } from '../events/event.ts';
import { findWanted, wholeWorld } from '../lifecycle/find-wanted.ts';
import type { Profile } from '../profiles/profile.ts';
import type { Store } from './store.ts';

const clock = { now: () => 1000, monotonic: () => 0 };
const given: FilterInput = {
  name: 'Debian',
  description: '',
  platform: 'linux',
  rule: '(device.osVersion -startsWith "Debian")',
  scopeTags: [],
};

function verbs(stores: Store) {
  const deps = { ...stores, clock };
  return {
    create: async (facts: Partial<FilterInput> = {}) =>
      (await saveFilter(deps, { ...given, ...facts, id: null, version: null, cause })).filter,
    change: (filter: Filter, facts: Partial<FilterInput>, version: number | null = filter.version) =>
      saveFilter(deps, { ...filter, ...facts, version, cause }),
    remove: ({ id, version }: Filter) => deleteFilter(deps, { id, version, cause }),
    assign: (profile: Profile, ...assignments: NewAssignment[]) =>
      assign(deps, { profileId: profile.id, assignments, cause }),
    /** Empties the queue. */
    marked: async (): Promise<DeviceId[]> => {
      const taken = await stores.dirtyQueue.take(100);
      await stores.transact(() => stores.dirtyQueue.done(taken));
      return taken.map(({ deviceId }) => deviceId).sort();
    },
    events: async () =>
      (
        await stores.events.list(
          { subject: null, types: ['filter.saved', 'filter.deleted'] },
          { limit: 50, cursor: null },
        )
      ).items.length,
  };
}

storeTest('a filter comes back as it was saved, is found by its name, and changes by version', async (stores) => {
  const { create, change, remove, events } = verbs(stores);
  const filter = await create({ scopeTags: ['Berlin'] });
  assert.deepEqual(await stores.filters.get(filter.id), filter);
  assert.deepEqual(await stores.filters.findByName('DEBIAN'), filter);
  assert.deepEqual(await stores.filters.all(), [filter]);
  const other = await create({ name: 'Ubuntu', platform: 'linux', rule: '(device.osVersion -startsWith "Ubuntu")' });
  const page = await stores.filters.list({ search: 'bun', platform: 'linux' }, { limit: 10, cursor: null });
  assert.deepEqual(page, { items: [other], next: null });
  assert.deepEqual(
    (await stores.filters.list({ search: null, platform: 'ios' }, { limit: 10, cursor: null })).items,
    [],
  );

  const same = await change(filter, {});
  assert.equal(same.outcome, 'unchanged');
  const { filter: second } = await change(filter, { name: 'debian', description: 'ours' });
  assert.deepEqual([second.version, second.name, second.id], [2, 'debian', filter.id]);
  assert.deepEqual(await stores.filters.get(filter.id), second);
  await assert.rejects(change(filter, { name: 'late' }), { code: 'filter-version' });
  await assert.rejects(remove(filter), { code: 'filter-version' });
  assert.equal(await events(), 3);
  await remove(second);
  assert.equal(await stores.filters.get(filter.id), null);
  await assert.rejects(remove(second), { code: 'filter-not-found' });
});

storeTest('what cannot be a filter is refused, and nothing is written', async (stores) => {
  const { create, change, events } = verbs(stores);
  const filter = await create();
  await assert.rejects(create(), { code: 'filter-name-taken' });
  await assert.rejects(create({ name: 'debian' }), { code: 'filter-name-taken' });
  await assert.rejects(create({ name: '' }), { code: 'filter-name-missing' });
  await assert.rejects(change(filter, { platform: 'ios' }), { code: 'filter-platform-changed' });
  await assert.rejects(
    create({ name: 'x', rule: '(device.colour -eq "red")' }),
    (error: Error & { params?: object }) => {
      assert.match(error.message, /There is no property “device.colour”\. \(at character 2\)/);
      const { findings } = error.params as { findings: readonly { rule: string; offset: number }[] };
      assert.deepEqual(
        findings.map(({ rule, offset }) => [rule, offset]),
        [['filter-unknown-property', 1]],
      );
      return true;
    },
  );
  await assert.rejects(create({ name: 'x', rule: '(device.isRooted -eq "True")' }), { code: 'filter-invalid' });
  assert.equal(await events(), 1);
});

test('there are at most 200', async () => {
  await using stores = await openTestStores();
  const { create, change } = verbs(stores);
  const first = await create();
  for (let i = 1; i < maxFilters; i++) await create({ name: `Filter ${i}` });
  await assert.rejects(create({ name: 'one more' }), { code: 'too-many-filters' });
  assert.equal((await change(first, { description: 'can still change' })).outcome, 'changed');
});

storeTest('another meaning marks the devices that its assignments reach, and no others', async (stores) => {
  const { create, change, remove, assign, marked } = verbs(stores);
  const user = makeUser();
  const root = makeTrustedProfile();
  const elsewhere = makeTrustedProfile();
  const group = makeGroup();
  const own = makeDevice({ primaryUserId: user.id, osVersion: 'Debian 12' });
  const grouped = makeDevice({ osVersion: 'Ubuntu 24.04' });
  const other = makeDevice();
  const phone = makeDevice({ platform: 'ios' });
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.devices.save([own, grouped, other, phone]);
    await stores.groups.save([group]);
    const member = { kind: 'device', id: grouped.id } as const;
    await stores.groups.changeMembers({ add: [{ groupId: group.id, member }], remove: [] });
    await stores.profiles.save(root);
    await stores.profiles.save(elsewhere);
  });
  const filter = await create();
  const through = { filterId: filter.id, mode: 'include' } as const;
  const toUser = { mode: 'include', target: { kind: 'user', userId: user.id }, filter: through } as const;
  const toGroup = { mode: 'include', target: { kind: 'group', groupId: group.id }, filter: through } as const;
  await assign(root, toUser, toGroup);
  await assign(elsewhere, { mode: 'include', target: { kind: 'device', deviceId: other.id } });
  assert.deepEqual(await marked(), [own.id, grouped.id, other.id].sort());
  const wanted = async () => {
    const all = await findWanted({ ...stores, reach: stores }, [own.id, grouped.id], await wholeWorld(stores));
    return [own, grouped].map(({ id }) => all.get(id)?.length);
  };
  assert.deepEqual(await wanted(), [1, 0]);

  // Other words for the same.
  await change(filter, { rule: ' ( ( DEVICE.osVersion  startsWith  "Debian" ) )', description: 'x' });
  assert.deepEqual(await marked(), []);
  const reworded = await stores.filters.get(filter.id);
  assert.ok(reworded);
  const { filter: changed } = await change(reworded, { rule: '(device.osVersion -startsWith "Ubuntu")' });
  assert.deepEqual(await marked(), [own.id, grouped.id].sort());
  assert.deepEqual(await wanted(), [0, 1]);

  await assert.rejects(remove(changed), (error: Error & { code?: string; params?: object }) => {
    assert.equal(error.code, 'filter-in-use');
    assert.match(error.message, new RegExp(root.name));
    return true;
  });
  // Everybody means everybody's devices of the profile's platform.
  await assign(root, { mode: 'include', target: { kind: 'allDevices' }, filter: { ...through, mode: 'exclude' } });
  assert.deepEqual(await marked(), [own.id, grouped.id, other.id].sort());
  await assign(root);
  await remove(changed);
});

storeTest('an assignment takes filters of its platform, on inclusions, one for a target', async (stores) => {
  const { create, assign } = verbs(stores);
  const profile = makeScepProfile(makeTrustedProfile());
  await stores.transact(() => stores.profiles.save(profile));
  const filter = await create();
  const other = await create({ name: 'Other' });
  const phones = await create({ name: 'Phones', platform: 'ios', rule: '(device.model -eq "iPhone")' });
  const everything = { mode: 'include', target: { kind: 'allDevices' } } as const;
  const by = (id: Filter['id'], mode: 'include' | 'exclude' = 'include') => ({ filter: { filterId: id, mode } });
  await assert.rejects(assign(profile, { ...everything, ...by(phones.id) }), { code: 'filter-wrong-platform' });
  await assert.rejects(assign(profile, { ...everything, ...by(makeId()) }), { code: 'filter-not-found' });
  await assert.rejects(assign(profile, { ...everything, mode: 'exclude', ...by(filter.id) }), {
    code: 'filter-on-exclusion',
  });
  for (const second of [by(other.id), by(filter.id, 'exclude'), {}])
    await assert.rejects(assign(profile, { ...everything, ...by(filter.id) }, { ...everything, ...second }), {
      code: 'one-filter-per-target',
    });
  const [stored, ...more] = await assign(
    profile,
    { ...everything, ...by(filter.id) },
    { ...everything, ...by(filter.id) },
  );
  assert.deepEqual(more, []);
  assert.deepEqual(await stores.assignments.byProfile(profile.id), [stored]);
  assert.deepEqual(stored?.filter, { filterId: filter.id, mode: 'include' });
  const [replaced] = await assign(profile, everything);
  assert.equal(replaced?.filter, null);
  assert.notEqual(replaced?.id, stored?.id);
});

storeTest('a preview counts all and names a page, leaving out the retired and other platforms', async (stores) => {
  const devices = [1, 2, 3, 4, 5].map((n) =>
    makeDevice({ deviceName: `d${n}`, osVersion: n === 5 ? 'Ubuntu 24.04' : 'Debian 12' }),
  );
  await stores.transact(() =>
    stores.devices.save([
      ...devices,
      makeDevice({ osVersion: 'Debian 12', retiredAt: 1 }),
      makeDevice({ platform: 'ios', osVersion: 'Debian 12' }),
    ]),
  );
  const look = async (skip: number, rule = given.rule) => {
    const { items, ...counts } = await previewFilter(stores, { rule, platform: 'linux', limit: 3, skip });
    return { ...counts, names: items.map(({ deviceName }) => deviceName) };
  };
  const counts = { matching: 4, devices: 5 };
  const warned = (await look(0)).findings;
  assert.deepEqual(await look(0), { findings: warned, ...counts, names: ['d1', 'd2', 'd3'], next: 3 });
  assert.deepEqual(await look(3), { findings: warned, ...counts, names: ['d4'], next: null });
  assert.deepEqual((await look(9)).names, []);
  const wrong = await look(0, '(device.model -eq');
  assert.deepEqual([wrong.matching, wrong.devices, wrong.names], [null, 5, []]);
});

test('a rule that this release cannot read lets nobody through, and harms nothing else', async () => {
  await using stores = await openTestStores();
  const { create } = verbs(stores);
  const filter = await create();
  await stores.transact(() => stores.filters.save({ ...filter, rule: 'a rule of another time', version: 2 }));
  const stored = await stores.filters.get(filter.id);
  assert.equal(stored?.tree, null);
});

storeTest('the pilot group decides over Windows devices that say pilot, and marks those alone', async (stores) => {
  const { assign, marked } = verbs(stores);
  const root = makeTrustedProfile('windows10');
  const group = makeGroup();
  const [within, without] = [1, 2].map(() => makeDevice({ platform: 'windows10', coManagementWorkload: 'pilot' }));
  assert.ok(within && without);
  const mac = makeDevice({ platform: 'macos' });
  await stores.transact(async () => {
    await stores.devices.save([within, without, mac]);
    await stores.groups.save([group, makeGroup({ name: 'People', kind: 'user' })]);
    const member = { kind: 'device', id: within.id } as const;
    await stores.groups.changeMembers({ add: [{ groupId: group.id, member }], remove: [] });
    await stores.profiles.save(root);
  });
  await assign(root, { mode: 'include', target: { kind: 'allDevices' } });
  await marked();
  const ours = async () => {
    const all = await findWanted({ ...stores, reach: stores }, [within.id, without.id], await wholeWorld(stores));
    return [within, without].map(({ id }) => all.get(id)?.length === 1);
  };
  assert.deepEqual(await stores.coManagement.get(), { pilotGroup: null });
  assert.deepEqual(await ours(), [true, true]);
  await saveCoManagement(stores, { setting: { pilotGroup: group.id }, cause });
  assert.deepEqual(await marked(), [within.id, without.id].sort());
  assert.deepEqual(await ours(), [true, false]);
  await saveCoManagement(stores, { setting: { pilotGroup: group.id }, cause });
  assert.deepEqual(await marked(), []);
  await assert.rejects(saveCoManagement(stores, { setting: { pilotGroup: makeId() }, cause }), {
    code: 'group-not-found',
  });
  const [people] = await stores.groups.findByName('People');
  assert.ok(people);
  await assert.rejects(saveCoManagement(stores, { setting: { pilotGroup: people.id }, cause }), {
    code: 'wrong-group-kind',
  });
  await saveCoManagement(stores, { setting: { pilotGroup: null }, cause });
  assert.deepEqual(await ours(), [true, true]);
});
