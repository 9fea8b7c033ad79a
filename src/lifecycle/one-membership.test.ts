/** What a change of one membership reads and writes, counted, in an organisation where many others have the same profiles. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser } from '../../test/support/make-facts.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { changeMembers } from '../directory/change-members.ts';
import type { DeviceId } from '../directory/device.ts';
import type { Group, Member } from '../directory/group.ts';
import { systemCause } from '../events/event.ts';
import { reconcile } from './reconcile.ts';

const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 };
const cause = systemCause;

type Stores = Awaited<ReturnType<typeof openTestStores>>;

/** Sixty people with a laptop and a phone each; a profile of laptops for each of two groups, which hold half of the people. */
async function scene(stores: Stores) {
  const users = Array.from({ length: 60 }, () => makeUser());
  const laptops = users.map(({ id }) => makeDevice({ primaryUserId: id }));
  const phones = users.map(({ id }) => makeDevice({ primaryUserId: id, platform: 'ios' }));
  const [team, staff] = [makeGroup({ kind: 'user' }), makeGroup({ kind: 'user' })];
  const root = makeTrustedProfile();
  const profiles = [makeScepProfile(root), makeScepProfile(root)] as const;
  await stores.transact(async () => {
    await stores.users.save(users);
    await stores.devices.save([...laptops, ...phones]);
    await stores.groups.save([team, staff]);
    for (const profile of [root, ...profiles]) await stores.profiles.save(profile);
    const add = users.slice(0, 30).map(({ id }, n) => {
      return { groupId: n % 2 === 0 ? team.id : staff.id, member: { kind: 'user', id } as const };
    });
    await stores.groups.changeMembers({ add, remove: [] });
  });
  const deps = depsOn(stores, { asked: new Set() });
  const everywhere = { mode: 'include', target: { kind: 'allDevices' } } as const;
  await assign(deps, { profileId: root.id, assignments: [everywhere], cause });
  for (const [n, { id: groupId }] of [team, staff].entries()) {
    const assignments = [{ mode: 'include', target: { kind: 'group', groupId } } as const];
    await assign(deps, { profileId: profiles[n as 0 | 1].id, assignments, cause });
  }
  while ((await reconcile(deps, { limit: 100, cause })).devices > 0);
  return { users, laptops, phones, team, staff };
}

/** `asked`: devices that reconciling read or locked deployments of. */
function depsOn(stores: Stores, { asked }: { readonly asked: Set<DeviceId> }) {
  const note = (ids: readonly DeviceId[]) => {
    for (const id of ids) asked.add(id);
  };
  const devices: Stores['devices'] = {
    ...stores.devices,
    getMany: (ids, purpose) => {
      note(ids);
      return stores.devices.getMany(ids, purpose);
    },
  };
  const deployments: Stores['deployments'] = {
    ...stores.deployments,
    lockByDevices: (ids, profileIds) => {
      note(ids);
      return stores.deployments.lockByDevices(ids, profileIds);
    },
  };
  const ports = { ...stores, devices, deployments, clock };
  return { ...ports, wanted: { ...ports, reach: ports } };
}

async function change(stores: Stores, group: Group, members: { add?: readonly Member[]; remove?: readonly Member[] }) {
  const { add = [], remove = [] } = members;
  const events = async () =>
    (await stores.events.list({ subject: null, types: null }, { limit: 500, cursor: null })).items;
  const before = (await events()).length;
  await changeMembers(stores, { groupId: group.id, add, remove, cause });
  const marked = (await stores.dirtyQueue.take(500)).map(({ deviceId }) => deviceId);
  const asked = new Set<DeviceId>();
  const counts = await reconcile(depsOn(stores, { asked }), { limit: 500, cause });
  return {
    marked: marked.toSorted(),
    asked: [...asked].sort(),
    counts: [counts.created, counts.changed, counts.removed + counts.held],
    events: (await events()).length - before,
  };
}

suite('one membership', () => {
  storeTest('that is new reads its own devices and creates its own deployment', async (stores) => {
    const { users, laptops, phones, team } = await scene(stores);
    const [newcomer, laptop, phone] = [users[40], laptops[40], phones[40]];
    assert.ok(newcomer && laptop && phone);
    const own = [laptop.id, phone.id].sort();
    const done = await change(stores, team, { add: [{ kind: 'user', id: newcomer.id }] });
    // The change itself, and the deployment.
    assert.deepEqual(done, { marked: own, asked: own, counts: [1, 0, 0], events: 2 });
  });

  storeTest('that ends takes its own deployment, and one that tells nothing new takes none', async (stores) => {
    const { users, laptops, phones, team, staff } = await scene(stores);
    const [leaver, laptop, phone] = [users[0], laptops[0], phones[0]];
    assert.ok(leaver && laptop && phone);
    const own = [laptop.id, phone.id].sort();
    const member = { kind: 'user', id: leaver.id } as const;
    const { counts, ...touched } = await change(stores, team, { remove: [member] });
    assert.deepEqual([touched.marked, touched.asked, counts], [own, own, [0, 0, 1]]);
    const again = await change(stores, staff, { remove: [member] });
    assert.deepEqual(again, { marked: [], asked: [], counts: [0, 0, 0], events: 0 });
  });

  storeTest('of a group touches those within it and nobody beside them', async (stores) => {
    const { users, laptops, phones, staff } = await scene(stores);
    const inner = makeGroup({ kind: 'user' });
    const members = [50, 51].map((at) => ({ kind: 'user', id: users[at]?.id ?? '' }) as const);
    await stores.transact(async () => {
      await stores.groups.save([inner]);
      const add = members.map((member) => ({ groupId: inner.id, member }));
      await stores.groups.changeMembers({ add, remove: [] });
    });
    const own = [50, 51].flatMap((at) => [laptops[at]?.id ?? '', phones[at]?.id ?? '']).sort();
    const done = await change(stores, staff, { add: [{ kind: 'group', id: inner.id }] });
    assert.deepEqual(done, { marked: own, asked: own, counts: [2, 0, 0], events: 3 });
  });
});
