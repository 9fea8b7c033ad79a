/** Through `seen` a viewer reads what carries one of its tags and nothing else, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import {
  makeFilter,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
} from '../../../test/support/make-facts.ts';
import { aChallenge, aDeployment, aDevice, anIssuance, aUser, recordTime } from '../../../test/support/records.ts';
import { storeTest } from '../../../test/support/stores.ts';
import { everywhere, type Scope } from '../../access/principal.ts';
import { defaultScopeTag, type ScopeTagId } from '../../access/scope-tag.ts';
import { keepViewer, viewing } from '../../access/viewing.ts';
import { systemCause as cause, type NewEvent } from '../../events/event.ts';
import { anyCertificate } from '../../reporting/certificate-inventory.ts';
import type { SeenPorts, Store } from '../store.ts';

const page = { limit: 100, cursor: null };
const north = 'north' as ScopeTagId;
const south = 'south' as ScopeTagId;

/** Everything thrice: of the north, of the south, of nobody in particular; and a device of the north by its group. */
async function scene(stores: Store) {
  const profiles = [['North'], ['SOUTH'], []].map((scopeTags) => ({ ...makeTrustedProfile(), scopeTags }));
  const filters = [['north'], ['South'], []].map((scopeTags) => makeFilter({ scopeTags }));
  const users = [aUser(), aUser(), aUser(), aUser()];
  const devices = users.map(({ id }, i) => aDevice({ deviceName: `device ${i}`, primaryUserId: id }));
  const [grouped] = devices.slice(3);
  const groups = [makeGroup({ name: 'northern' }), makeGroup({ name: 'nested' }), makeGroup({ name: 'other' })];
  const [northern, nested, other] = groups;
  const deployments = devices.map((device, i) =>
    aDeployment({ deviceId: device.id, profileId: profiles[i % 3]?.id as never }),
  );
  assert.ok(grouped && northern && nested && other);
  const tag = { description: '', version: 1, createdAt: 0, updatedAt: 0 };
  await stores.transact(async () => {
    await stores.scopeTags.save({ ...tag, id: north, name: 'north', groupIds: [northern.id] });
    await stores.scopeTags.save({ ...tag, id: south, name: 'south', groupIds: [] });
    for (const profile of profiles) await stores.profiles.save(profile);
    for (const filter of filters) await stores.filters.save(filter);
    await stores.users.save(users);
    await stores.devices.save(devices);
    await stores.groups.save(groups);
    const members = [
      [northern.id, 'group', nested.id],
      [nested.id, 'device', grouped.id],
      [other.id, 'device', devices[0]?.id],
      [other.id, 'device', devices[1]?.id],
    ] as const;
    await stores.groups.changeMembers({
      add: members.map(([groupId, kind, id]) => ({ groupId, member: { kind, id: String(id) } })),
      remove: [],
    });
    await stores.scopeTags.give(String(devices[0]?.id), [north]);
    await stores.scopeTags.give(String(devices[1]?.id), [south]);
    await stores.scopeTags.give(grouped.id, [south]);
    await stores.deployments.save(deployments);
  });
  for (const deployment of deployments) {
    const challenge = aChallenge(deployment);
    await stores.transact(() => stores.challenges.insert([challenge]));
    assert.equal((await stores.ledger.commit(anIssuance(deployment, challenge))).kind, 'committed');
  }
  const event = (type: NewEvent['type'], ...subjects: NewEvent['subjects']): NewEvent => ({
    type,
    cause,
    subjects,
    data: {},
  });
  await stores.transact(() =>
    stores.events.append([
      ...devices.map(({ id }) => event('device.retired', { kind: 'device', id })),
      ...profiles.map(({ id }) => event('profile.saved', { kind: 'profile', id })),
      event('device.deleted', ...devices.map(({ id }) => ({ kind: 'device', id }) as const)),
      event('device.cadence-changed'),
    ]),
  );
  return { profiles, filters, users, devices, groups, deployments };
}

/** What each list shows, by the place of its rows in the scene. */
async function shown(seen: SeenPorts, all: Awaited<ReturnType<typeof scene>>) {
  const places = (of: readonly { readonly id: string }[], found: readonly { readonly id: string }[]) =>
    found.map(({ id }) => of.findIndex((each) => each.id === id)).sort();
  const { items: certificates } = await seen.certificateInventory.page(anyCertificate, recordTime, page);
  const types = ['device.retired', 'profile.saved', 'device.deleted', 'device.cadence-changed'] as const;
  const { items: events } = await seen.events.list({ subject: null, types }, page);
  const told = events.map(({ type, subjects: [first] }) => {
    const at = [...all.devices, ...all.profiles].findIndex(({ id }) => id === first?.id);
    return `${type} ${type === 'profile.saved' ? at - all.devices.length : at}`;
  });
  const counts = await seen.overview.deployments();
  return {
    devices: places(
      all.devices,
      (await seen.devices.list({ search: null, platform: null, primaryUserId: null }, page)).items,
    ),
    users: places(all.users, (await seen.users.list({ search: null }, page)).items),
    groups: places(all.groups, (await seen.groups.list({ search: null }, page)).items),
    profiles: places(all.profiles, await seen.profiles.all()),
    filters: places(all.filters, await seen.filters.all()),
    deployments: places(
      all.deployments,
      (await seen.deployments.list({ profileId: null, deviceId: null, states: null, drifted: false }, page)).items,
    ),
    certificates: places(
      all.deployments,
      certificates.map(({ deploymentId }) => ({ id: String(deploymentId) })),
    ),
    certificatesCounted: (await seen.certificateInventory.count(anyCertificate, recordTime, 100)).count,
    deploymentsCounted: counts.reduce((sum, { count }) => sum + count, 0),
    devicesCounted: (await seen.overview.devices()).reduce((sum, { count }) => sum + count, 0),
    members: (await seen.groups.members(all.groups.map(({ id }) => id))).length,
    tags: (await seen.scopeTags.all()).map(({ id }) => id),
    told: told.sort(),
  };
}

const within = (...scopeTags: ScopeTagId[]): Scope => ({ scopeTags, scopeGroups: [] });
const as = <T>(scopes: readonly Scope[], work: () => Promise<T>, id = 'anna') =>
  viewing({ id, scopes, assigns: [] }, work);

suite('what a viewer sees', () => {
  storeTest('of the north: what is tagged so, by itself or by a group', async (stores) => {
    const all = await scene(stores);
    assert.deepEqual(await as([within(north)], () => shown(stores.seen, all)), {
      devices: [0, 3],
      users: [0, 3],
      groups: [0, 1],
      profiles: [0],
      filters: [0],
      deployments: [0, 3],
      certificates: [0, 3],
      certificatesCounted: 2,
      deploymentsCounted: 2,
      devicesCounted: 2,
      members: 2,
      tags: [north],
      told: ['device.retired 0', 'device.retired 3', 'profile.saved 0'],
    });
  });

  storeTest('with Default: what carries no tag; several grants show what each shows', async (stores) => {
    const all = await scene(stores);
    const untagged = await as([within(defaultScopeTag.id)], () => shown(stores.seen, all));
    assert.deepEqual([untagged.devices, untagged.users, untagged.groups, untagged.profiles], [[2], [2], [2], [2]]);
    assert.deepEqual(untagged.told, ['device.cadence-changed -1', 'device.retired 2', 'profile.saved 2']);
    const two = await as([within(south), within(north)], () => shown(stores.seen, all));
    assert.deepEqual(
      [two.devices, two.profiles, two.filters, two.certificates],
      [
        [0, 1, 3],
        [0, 1],
        [0, 1],
        [0, 1, 3],
      ],
    );
  });

  storeTest('unlimited, alone or beside what is limited: everything, as without', async (stores) => {
    const all = await scene(stores);
    const everything = await shown(stores, all);
    assert.equal(everything.devices.length, 4);
    assert.deepEqual(await as([everywhere], () => shown(stores.seen, all)), everything);
    assert.deepEqual(await as([within(north), everywhere], () => shown(stores.seen, all)), everything);
  });

  storeTest('scope groups are seen, with the people in them', async (stores) => {
    const all = await scene(stores);
    const people = makeGroup({ kind: 'user' });
    await stores.transact(async () => {
      await stores.groups.save([people]);
      const member = { kind: 'user', id: all.users[1]?.id ?? '' } as const;
      await stores.groups.changeMembers({ add: [{ groupId: people.id, member }], remove: [] });
    });
    await as([{ scopeTags: [north], scopeGroups: [people.id] }], async () => {
      assert.equal((await stores.seen.groups.get(people.id))?.id, people.id);
      assert.equal((await stores.seen.users.get(all.users[1]?.id as never))?.id, all.users[1]?.id);
      assert.equal(await stores.seen.devices.get(all.devices[1]?.id as never), null);
    });
    await as([within(north)], async () => assert.equal(await stores.seen.groups.get(people.id), null));
  });

  storeTest('pages go on where they stopped, without gaps for what is hidden', async (stores) => {
    const all = await scene(stores);
    await as([within(north)], async () => {
      const query = { search: null, platform: null, primaryUserId: null };
      const first = await stores.seen.devices.list(query, { limit: 1, cursor: null });
      const second = await stores.seen.devices.list(query, { limit: 1, cursor: first.next });
      assert.deepEqual(
        [...first.items, ...second.items].map(({ id }) => id),
        [all.devices[0]?.id, all.devices[3]?.id],
      );
      assert.equal(second.next, null);
    });
  });

  storeTest('what belonged to a device that is gone is seen with its profile', async (stores) => {
    const all = await scene(stores);
    await stores.transact(() => stores.devices.remove([all.devices[0]?.id as never]));
    const seen = (tag: ScopeTagId) => as([within(tag)], () => shown(stores.seen, all));
    assert.deepEqual((await seen(north)).certificates, [0, 3]);
    assert.deepEqual((await seen(south)).certificates, [1]);
    assert.deepEqual((await seen(defaultScopeTag.id)).certificates, [2]);
  });

  storeTest('nobody sees nothing, it is a fault; and nothing is written on behalf of a viewer', async (stores) => {
    await assert.rejects(stores.seen.devices.get(makeId()), /Nobody looks/);
    await assert.rejects(stores.seen.overview.devices(), /Nobody looks/);
    const save = () => stores.transact(() => stores.seen.profiles.save(makeScepProfile(makeTrustedProfile())));
    await assert.rejects(as([everywhere], save), /only read/);
    const streamed = async function* () {
      yield await stores.seen.devices.get(makeId());
    };
    const [later] = await as([within(north)], async () => [keepViewer(streamed())]);
    assert.ok(later);
    for await (const device of later) assert.equal(device, null);
  });
});
