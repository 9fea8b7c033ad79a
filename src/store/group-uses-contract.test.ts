/** A group that decides who gets a profile is not removed, on both stores. */
import assert from 'node:assert/strict';
import { makeDevice, makeGroup, makeTrustedProfile } from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { groupUses } from '../assignments/group-uses.ts';
import { saveCoManagement } from '../assignments/save-co-management.ts';
import type { Group } from '../directory/group.ts';
import { importFileOf } from '../directory/import/import-file.ts';
import { importDirectory } from '../directory/import-directory.ts';
import { removeDevices } from '../directory/remove-devices.ts';
import { removeGroups } from '../directory/remove-groups.ts';
import { systemCause as cause } from '../events/event.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import type { Store } from './store.ts';

const clock = { now: () => 1000, monotonic: () => 0 };

/** Two profiles: the first is for all devices but the kiosks, the second for kiosks and laptops; ring is the pilot group. */
async function scene(stores: Store) {
  const deps = {
    ...stores,
    clock,
    groupUses: (ids: Parameters<typeof groupUses>[1]) => groupUses(stores, ids),
    deleteDevices: (input: Parameters<typeof removeDevices>[1]) => removeDevices(stores, input),
  };
  const [wide, narrow] = [makeTrustedProfile('windows10'), makeTrustedProfile('linux')];
  const groups = ['Kiosks', 'Laptops', 'Ring', 'Spare'].map((name) => makeGroup({ name }));
  const [kiosks, laptops, ring, spare] = groups as [Group, Group, Group, Group];
  await stores.transact(async () => {
    await stores.devices.save([makeDevice({ deviceName: 'K1' })]);
    await stores.groups.save(groups);
    await stores.profiles.save(wide);
    await stores.profiles.save(narrow);
  });
  const target = ({ id }: Group) => ({ kind: 'group', groupId: id }) as const;
  const everywhere = { mode: 'include', target: { kind: 'allDevices' } } as const;
  const exclusion = { mode: 'exclude', target: target(kiosks) } as const;
  const inclusions = [kiosks, laptops].map((group) => ({ mode: 'include', target: target(group) }) as const);
  await assign(deps, { profileId: wide.id, assignments: [everywhere, exclusion], cause });
  await assign(deps, { profileId: narrow.id, assignments: inclusions, cause });
  await saveCoManagement(deps, { setting: { pilotGroup: ring.id }, cause });
  const remove = (...all: Group[]) => removeGroups(deps, { groupIds: all.map(({ id }) => id), cause });
  const names = async () => (await stores.groups.list({ search: null }, { limit: 50, cursor: null })).items.map(nameOf);
  return { deps, wide, narrow, kiosks, laptops, ring, spare, remove, names };
}

const nameOf = ({ name }: Group) => name;

storeTest('a group in use is not removed; the refusal says who uses it and how', async (stores) => {
  const { deps, wide, narrow, kiosks, laptops, ring, spare, remove, names } = await scene(stores);
  const named = ({ id, name, slug }: typeof wide, mode: string) => ({ id, name, slug, mode });
  await assert.rejects(remove(kiosks), (error: Error & { kind?: string; code?: string; params?: object }) => {
    assert.deepEqual([error.kind, error.code], ['conflict', 'group-in-use']);
    assert.ok(error.message.includes(`“${narrow.name}” include it; assignments of “${wide.name}” exclude it`));
    const { profiles } = error.params as { profiles: { id: string }[] };
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    assert.deepEqual(profiles.toSorted(byId), [named(wide, 'exclude'), named(narrow, 'include')].sort(byId));
    return true;
  });
  await assert.rejects(remove(ring), {
    code: 'group-in-use',
    params: { group: 'Ring', profiles: [], pilotGroup: true },
  });
  await assert.rejects(remove(spare, laptops), { code: 'group-in-use' });
  assert.deepEqual(await names(), ['Kiosks', 'Laptops', 'Ring', 'Spare']);

  assert.equal(await remove(spare), 1);
  await saveCoManagement(deps, { setting: { pilotGroup: null }, cause });
  await deleteProfile(deps, { id: narrow.id, version: null, cause });
  assert.equal(await remove(ring, laptops), 2);
  await assert.rejects(remove(kiosks), { code: 'group-in-use' });
  await assign(deps, { profileId: wide.id, assignments: [], cause });
  assert.equal(await remove(kiosks), 1);
});

storeTest('an import that would prune a group in use stores nothing and names the profiles', async (stores) => {
  const { deps, wide, names } = await scene(stores);
  const run = (rows: string, prune: { limit: number } | null) =>
    importDirectory(deps, {
      files: { users: null, members: null, devices: null, groups: importFileOf(`groupName,kind\n${rows}New,device\n`) },
      mode: 'apply',
      prune,
      cause,
    });
  const result = await run('Laptops,device\nRing,device\n', { limit: 100 });
  assert.ok(result.kind === 'refused');
  assert.deepEqual(
    result.faults.map(({ file, line, column, code }) => [file, line, column, code]),
    [['groups.csv', 1, 1, 'group-in-use']],
  );
  assert.match(result.faults[0]?.detail ?? '', new RegExp(`“Kiosks”.*“${wide.name}” exclude it`));
  assert.deepEqual(await names(), ['Kiosks', 'Laptops', 'Ring', 'Spare']);
  const pruned = await run('Kiosks,device\nLaptops,device\nRing,device\n', { limit: 100 });
  assert.ok(pruned.kind === 'imported' && pruned.counts.groups.pruned === 1);
  assert.deepEqual(await names(), ['Kiosks', 'Laptops', 'New', 'Ring']);
});
