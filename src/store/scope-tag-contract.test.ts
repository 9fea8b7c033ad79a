/** Scope tags: made, renamed, deleted, carried by profiles, filters and devices, on both stores. */
import assert from 'node:assert/strict';
import {
  makeDevice,
  makeFilter,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
} from '../../test/support/make-facts.ts';
import { storeTest } from '../../test/support/stores.ts';
import { deleteScopeTag } from '../access/delete-scope-tag.ts';
import { giveScopeTags } from '../access/give-scope-tags.ts';
import { saveScopeTag } from '../access/save-scope-tag.ts';
import { defaultScopeTag, maxScopeTags, type ScopeTag } from '../access/scope-tag.ts';
import { carryingScopeTag, renameScopeTag } from '../assignments/tagged-objects.ts';
import { systemCause as cause } from '../events/event.ts';
import { deviceScopeTags } from '../reporting/device-scope-tags.ts';
import type { Store } from './store.ts';

const clock = { now: () => 1000, monotonic: () => 0 };

function verbs(stores: Store) {
  const ports = { ...stores, clock };
  const deps = {
    ...ports,
    tagged: {
      carrying: (isTag: (name: string) => boolean) => carryingScopeTag(ports, isTag),
      rename: (isTag: (name: string) => boolean, name: string) => renameScopeTag(ports, isTag, name, cause),
    },
  };
  const given = { description: '', groupIds: [] };
  return {
    create: (name: string, groupIds: readonly string[] = []) =>
      saveScopeTag(deps, { ...given, id: null, version: null, name, groupIds, cause }),
    change: (tag: ScopeTag, facts: Partial<ScopeTag>) => saveScopeTag(deps, { ...tag, ...facts, cause }),
    remove: ({ id, version }: Pick<ScopeTag, 'id' | 'version'>) => deleteScopeTag(deps, { id, version, cause }),
    give: (deviceId: string, ...names: string[]) => giveScopeTags(deps, { deviceId, names, cause }),
  };
}

storeTest('Default is there from the start, and stays as it is', async (stores) => {
  const { change, remove } = verbs(stores);
  const [found, ...others] = await stores.scopeTags.all();
  assert.deepEqual([found?.id, found?.name, others], [defaultScopeTag.id, defaultScopeTag.name, []]);
  assert.ok(found);
  await assert.rejects(change(found, { name: 'Other' }), { code: 'scope-tag-built-in' });
  await assert.rejects(remove(found), { code: 'scope-tag-built-in' });
});

storeTest(
  'a tag is made once by its name, changes by version, and is renamed wherever it is carried',
  async (stores) => {
    const { create, change, remove } = verbs(stores);
    const berlin = await create(' Berlin ');
    assert.equal(berlin.name, 'Berlin');
    assert.deepEqual(await stores.scopeTags.findByName('BERLIN'), berlin);
    await assert.rejects(create('berlin'), { code: 'scope-tag-name-taken' });
    await assert.rejects(create('  '), { code: 'scope-tag-name-missing' });
    const root = { ...makeTrustedProfile(), scopeTags: ['berlin', 'Paris'] };
    const other = makeScepProfile(root);
    const filter = makeFilter({ scopeTags: ['Berlin'] });
    await stores.transact(async () => {
      await stores.profiles.save(root);
      await stores.profiles.save(other);
      await stores.filters.save(filter);
    });
    const potsdam = await change(berlin, { name: 'Potsdam' });
    assert.deepEqual([potsdam.version, potsdam.id], [2, berlin.id]);
    const renamed = await stores.profiles.get(root.id);
    assert.deepEqual([renamed?.scopeTags, renamed?.version, renamed?.contentVersion], [['Potsdam', 'Paris'], 2, 1]);
    assert.equal((await stores.profiles.get(other.id))?.version, 1);
    assert.deepEqual((await stores.filters.get(filter.id))?.scopeTags, ['Potsdam']);
    assert.equal(await stores.dirtyQueue.size(), 0);
    await assert.rejects(change(berlin, { name: 'Late' }), { code: 'scope-tag-version' });

    await assert.rejects(remove(potsdam), (error: Error & { code?: string }) => {
      assert.equal(error.code, 'scope-tag-in-use');
      assert.ok(error.message.includes(`the profile “${root.name}”, the filter “${filter.name}”`), error.message);
      return true;
    });
    const free = await create('Free');
    await remove(free);
    assert.equal(await stores.scopeTags.get(free.id), null);
    await assert.rejects(remove(free), { code: 'scope-tag-not-found' });
    const types = ['access.scope-tag-saved', 'access.scope-tag-deleted'] as const;
    assert.equal((await stores.events.list({ subject: null, types }, { limit: 10, cursor: null })).items.length, 4);
  },
);

storeTest('a device carries the tags of its groups, else its own, else Default', async (stores) => {
  const { create, change, remove, give } = verbs(stores);
  const device = makeDevice();
  const other = makeDevice();
  const [inner, outer, third] = [makeGroup(), makeGroup(), makeGroup()];
  await stores.transact(async () => {
    await stores.devices.save([device, other]);
    await stores.groups.save([inner, outer, third]);
    const add = [
      { groupId: inner.id, member: { kind: 'device', id: device.id } },
      { groupId: outer.id, member: { kind: 'group', id: inner.id } },
      { groupId: third.id, member: { kind: 'device', id: device.id } },
    ] as const;
    await stores.groups.changeMembers({ add, remove: [] });
  });
  const tags = async () => {
    const all = await deviceScopeTags(stores, [device.id, other.id]);
    return [device, other].map(({ id }) => [all.get(id)?.from, all.get(id)?.scopeTags, all.get(id)?.given]);
  };
  const nothing = ['default', ['Default'], []];
  assert.deepEqual(await tags(), [nothing, nothing]);
  const own = await create('Own');
  const north = await create('North');
  await give(device.id, 'own', 'OWN', 'north');
  assert.deepEqual(await tags(), [['device', ['North', 'Own'], ['North', 'Own']], nothing]);
  await assert.rejects(give(device.id, 'No Such'), { code: 'scope-tag-not-found' });
  await assert.rejects(give(device.id, ...Array.from({ length: maxScopeTags + 1 }, () => 'own')), {
    code: 'too-many-scope-tags',
  });
  await create('House', [outer.id, makeId()]);
  const tagged = await change(north, { groupIds: [third.id] });
  assert.deepEqual(await tags(), [['groups', ['House', 'North'], ['North', 'Own']], nothing]);
  await remove(tagged);
  await remove(own);
  assert.deepEqual(await tags(), [['groups', ['House'], []], nothing]);
  await give(other.id, 'House');
  await stores.transact(() => stores.devices.remove([other.id]));
  assert.deepEqual(await stores.scopeTags.givenTo([other.id]), new Map());
});
