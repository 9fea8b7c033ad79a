/** Users, devices, groups, their nesting, and the queue of devices to reconcile, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { aDevice, aGroup, anId, aUser, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Device } from '../directory/device.ts';
import type { Group, Member } from '../directory/group.ts';
import { isFailure } from '../lib/failure.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Store } from './store.ts';

async function everyPage<T>(list: (page: PageRequest) => Promise<Page<T>>, limit: number): Promise<T[][]> {
  const pages: T[][] = [];
  for (let cursor: string | null = null; ; ) {
    const page: Page<T> = await list({ limit, cursor });
    pages.push([...page.items]);
    if (page.next === null) return pages;
    cursor = page.next;
  }
}

const named = (...names: string[]) => names.map((deviceName) => aDevice({ deviceName }));
const anyDevice = { search: null, platform: null, primaryUserId: null };

async function saveMembers(stores: Store, edges: readonly (readonly [Group, Member])[]): Promise<number> {
  const add = edges.map(([group, member]) => ({ groupId: group.id, member }));
  return stores.transact(() => stores.groups.changeMembers({ add, remove: [] }));
}

const asGroup = ({ id }: Group): Member => ({ kind: 'group', id });
const asDevice = ({ id }: Device): Member => ({ kind: 'device', id });

suite('users', () => {
  storeTest('come back as they were saved, and are replaced by id', async (stores) => {
    const [anna, bert] = [aUser(), aUser({ userPrincipalName: 'bert@example.com', displayName: null })];
    await stores.transact(() => stores.users.save([anna, bert]));
    assert.deepEqual(await stores.users.get(anna.id), anna);
    assert.deepEqual(await stores.users.getMany([bert.id, anId(), anna.id]), [anna, bert]);
    const renamed = { ...anna, displayName: null, sources: {}, updatedAt: recordTime + 1 };
    await stores.transact(() => stores.users.save([renamed]));
    assert.deepEqual(await stores.users.get(anna.id), renamed);
    assert.equal(await stores.users.get(anId()), null);
  });

  storeTest('are found by principal name without regard to case, beyond ASCII too', async (stores) => {
    const user = aUser({ userPrincipalName: 'ÅSA.Ünal@Example.com' });
    await stores.transact(() => stores.users.save([user]));
    assert.deepEqual(await stores.users.findByPrincipalName('åsa.ünal@example.COM'), user);
    assert.deepEqual(await stores.users.findByPrincipalName('åsa.ünal@example.com'.normalize('NFD')), user);
    assert.equal(await stores.users.findByPrincipalName('asa.unal@example.com'), null);
  });

  storeTest('are listed by principal name; a search is a prefix, and % and _ are only themselves', async (stores) => {
    const users = ['b@x', 'A@x', 'ä@x', 'c_1@x', 'c11@x', '%@x'].map((userPrincipalName) =>
      aUser({ userPrincipalName, displayName: `Display ${userPrincipalName}` }),
    );
    await stores.transact(() => stores.users.save(users));
    const names = async (search: string | null, limit: number) =>
      (await everyPage((page) => stores.users.list({ search }, page), limit)).map((page) =>
        page.map(({ userPrincipalName }) => userPrincipalName),
      );
    assert.deepEqual(await names(null, 4), [
      ['%@x', 'A@x', 'b@x', 'c11@x'],
      ['c_1@x', 'ä@x'],
    ]);
    assert.deepEqual(await names('c_', 9), [['c_1@x']]);
    assert.deepEqual(await names('%', 9), [['%@x']]);
    assert.deepEqual(await names('Ä', 9), [['ä@x']]);
    assert.deepEqual(await names('DISPLAY B', 9), [['b@x']]);
  });

  storeTest('leave no membership and no primary user behind', async (stores) => {
    const [user, group] = [aUser(), aGroup({ kind: 'user' })];
    const device = aDevice({ primaryUserId: user.id });
    await stores.transact(async () => {
      await stores.users.save([user]);
      await stores.devices.save([device]);
    });
    await saveMembers(stores, [[group, { kind: 'user', id: user.id }]]);
    await stores.transact(() => stores.users.remove([user.id]));
    assert.equal(await stores.users.get(user.id), null);
    assert.deepEqual(await stores.groups.members([group.id]), []);
    assert.equal((await stores.devices.get(device.id))?.primaryUserId, null);
  });
});

suite('many records', () => {
  storeTest('are saved at once; of two with one id the later one counts', async (stores) => {
    const devices = Array.from({ length: 700 }, (_, n) => aDevice({ deviceName: `n${n}`, isRooted: n % 2 === 0 }));
    const renamed = devices.map((device, n) => (n % 50 === 0 ? { ...device, deviceName: `again-${n}` } : device));
    await stores.transact(() => stores.devices.save(devices.flatMap((device, n) => [device, renamed[n] ?? device])));
    const byId = (a: Device, b: Device) => (a.id < b.id ? -1 : 1);
    const saved = await stores.devices.getMany(devices.map(({ id }) => id));
    assert.deepEqual(saved, renamed.toSorted(byId));
  });
});

suite('devices', () => {
  storeTest('come back as they were saved; a check-in changes its time alone', async (stores) => {
    const device = aDevice({ isRooted: null, retiredAt: recordTime, reported: { isRooted: true } });
    await stores.transact(() => stores.devices.save([device]));
    assert.deepEqual(await stores.devices.get(device.id), device);
    await stores.transact(() => stores.devices.touch([[device.id, recordTime + 5]]));
    assert.deepEqual(await stores.devices.getMany([device.id]), [{ ...device, lastCheckIn: recordTime + 5 }]);
  });

  storeTest('with one name are all found', async (stores) => {
    const devices = named('PC', 'pc', 'pc2');
    await stores.transact(() => stores.devices.save(devices));
    assert.deepEqual(await stores.devices.findByName('pC'), devices.slice(0, 2));
  });

  storeTest(
    'are listed by name then id, narrowed by platform, user and part of name or start of serial',
    async (stores) => {
      const user = aUser();
      const devices = [
        aDevice({ deviceName: 'beta', platform: 'linux', serialNumber: 'XY-9' }),
        aDevice({ deviceName: 'Alpha', primaryUserId: user.id }),
        aDevice({ deviceName: 'alpha', serialNumber: null }),
        aDevice({ deviceName: 'gamma' }),
      ];
      await stores.transact(() => stores.devices.save(devices));
      const [beta, Alpha, alpha, gamma] = devices;
      const list = (query: Partial<typeof anyDevice>) =>
        everyPage((page) => stores.devices.list({ ...anyDevice, ...query }, page), 3);
      assert.deepEqual(await list({}), [[Alpha, alpha, beta], [gamma]]);
      assert.deepEqual(await list({ platform: 'linux' as never }), [[beta]]);
      assert.deepEqual(await list({ primaryUserId: user.id as never }), [[Alpha]]);
      assert.deepEqual(await list({ search: 'MM' as never }), [[gamma]]);
      assert.deepEqual(await list({ search: 'xy-' as never }), [[beta]]);
    },
  );

  storeTest('a cursor of another list or of nobody is refused', async (stores) => {
    const odd = [
      '',
      'x',
      '!!',
      'bnVsbA',
      Buffer.from('["a"]').toString('base64url'),
      Buffer.from('["a",1]').toString('base64url'),
    ];
    for (const cursor of odd)
      await assert.rejects(
        stores.devices.list(anyDevice, { limit: 1, cursor }),
        (error) => isFailure(error, 'bad-cursor') && error.kind === 'invalid',
      );
  });

  storeTest('leave memberships and queue when they are removed', async (stores) => {
    const [device, group] = [aDevice(), aGroup()];
    await stores.transact(async () => {
      await stores.devices.save([device]);
      await stores.dirtyQueue.mark([device.id]);
    });
    await saveMembers(stores, [[group, asDevice(device)]]);
    await stores.transact(() => stores.devices.remove([device.id]));
    assert.deepEqual(await stores.memberships.groupsOf(asDevice(device)), []);
    assert.equal(await stores.dirtyQueue.size(), 0);
  });
});

suite('groups', () => {
  storeTest('are saved, found by name, listed and removed with their memberships', async (stores) => {
    const [staff, kiosks] = [aGroup({ name: 'Staff' }), aGroup({ name: 'Kiosks' })];
    await stores.transact(() => stores.groups.save([staff, kiosks]));
    assert.deepEqual(await stores.groups.findByName('STAFF'), [staff]);
    assert.deepEqual(await stores.groups.get(kiosks.id), kiosks);
    assert.deepEqual(await everyPage((page) => stores.groups.list({ search: null }, page), 1), [[kiosks], [staff]]);
    assert.deepEqual(await everyPage((page) => stores.groups.list({ search: 'TAF' }, page), 1), [[staff]]);
    await saveMembers(stores, [
      [staff, asGroup(kiosks)],
      [kiosks, asDevice(aDevice())],
    ]);
    await stores.transact(() => stores.groups.remove([kiosks.id]));
    assert.deepEqual(await stores.groups.members([staff.id, kiosks.id]), []);
    assert.equal(await stores.groups.get(kiosks.id), null);
  });

  storeTest('count only memberships that change', async (stores) => {
    const [group, device, other] = [aGroup(), aDevice(), aDevice()];
    assert.equal(await saveMembers(stores, [[group, asDevice(device)]]), 1);
    assert.equal(
      await saveMembers(stores, [
        [group, asDevice(device)],
        [group, asDevice(other)],
      ]),
      1,
    );
    const gone = { groupId: group.id, member: asDevice(device) };
    const remove = () => stores.transact(() => stores.groups.changeMembers({ add: [], remove: [gone] }));
    assert.deepEqual([await remove(), await remove()], [1, 0]);
    assert.deepEqual(await stores.groups.members([group.id]), [{ groupId: group.id, member: asDevice(other) }]);
  });

  storeTest('nest, and a cycle is harmless', async (stores) => {
    const [inner, middle, outer, apart] = [aGroup(), aGroup(), aGroup(), aGroup()];
    const [device, second] = [aDevice(), aDevice()];
    await saveMembers(stores, [
      [inner, asDevice(device)],
      [middle, asGroup(inner)],
      [middle, asDevice(second)],
      [outer, asGroup(middle)],
      [inner, asGroup(outer)], // closes the circle
      [apart, { kind: 'user', id: device.id }], // the same id, another kind
    ]);
    const all = [inner.id, middle.id, outer.id];
    assert.deepEqual(await stores.memberships.groupsOf(asDevice(device)), all);
    assert.deepEqual(await stores.memberships.groupsOf(asGroup(middle)), all);
    assert.deepEqual(
      await stores.memberships.groupsOfMany([
        asDevice(second),
        { kind: 'user', id: device.id },
        { kind: 'user', id: second.id },
        asDevice(second),
      ]),
      [all, [apart.id], [], all],
    );
    assert.deepEqual(await stores.memberships.groupsOfMany([]), []);
    await stores.transact(() => stores.memberships.refresh());
    assert.deepEqual(await stores.memberships.groupsOf(asDevice(device)), all);
  });
});

suite('the devices of members', () => {
  storeTest('are themselves, those of users, and those of all within groups, each once', async (stores) => {
    const [ann, bob] = [aUser(), aUser()];
    const [own, second, bobs, kiosk, apart] = [
      aDevice({ primaryUserId: ann.id }),
      aDevice({ primaryUserId: ann.id }),
      aDevice({ primaryUserId: bob.id }),
      aDevice(),
      aDevice({ primaryUserId: anId() }),
    ];
    const [team, staff, fleet, site] = [aGroup({ kind: 'user' }), aGroup({ kind: 'user' }), aGroup(), aGroup()];
    await stores.transact(async () => {
      await stores.users.save([ann, bob]);
      await stores.devices.save([own, second, bobs, kiosk, apart]);
    });
    await saveMembers(stores, [
      [team, { kind: 'user', id: ann.id }],
      [staff, asGroup(team)],
      [staff, { kind: 'user', id: bob.id }],
      [team, asGroup(staff)], // closes the circle
      [fleet, asDevice(kiosk)],
      [fleet, asDevice(own)],
      [site, asGroup(fleet)],
    ]);
    const of = async (...members: Member[]) => {
      const found = await stores.memberships.devicesOf(members);
      return [own, second, bobs, kiosk, apart].filter(({ id }) => found.includes(id)).length === found.length
        ? found
        : assert.fail('one stands twice, or is none of ours');
    };
    const sorted = (...devices: Device[]) => devices.map(({ id }) => id).sort();
    assert.deepEqual(await of({ kind: 'user', id: ann.id }), sorted(own, second));
    assert.deepEqual(await of(asGroup(staff)), sorted(own, second, bobs));
    assert.deepEqual(await of(asGroup(team)), sorted(own, second, bobs));
    assert.deepEqual(await of(asGroup(site)), sorted(own, kiosk));
    assert.deepEqual(await of(asGroup(site), asDevice(kiosk), { kind: 'user', id: bob.id }), sorted(own, kiosk, bobs));
    assert.deepEqual(await of({ kind: 'user', id: own.id }), []);
    assert.deepEqual(await of(), []);
    const [one, ...others] = sorted(own, kiosk, bobs);
    await stores.transact(() =>
      stores.devices.save(
        [own, kiosk, bobs].map((device) => ({ ...device, platform: device.id === one ? 'macos' : 'ios' })),
      ),
    );
    const everyone = [asGroup(site), { kind: 'user', id: bob.id }] as const;
    assert.deepEqual(await stores.memberships.devicesOf(everyone, 'macos'), [one]);
    assert.deepEqual(await stores.memberships.devicesOf(everyone, 'ios'), others);
    assert.deepEqual(await stores.memberships.devicesOf(everyone, 'linux'), []);
  });
});

suite('dirty queue', () => {
  storeTest('holds a device once, and keeps it when it is marked again meanwhile', async (stores) => {
    const [a, b, c] = [anId<Device['id']>(), anId<Device['id']>(), anId<Device['id']>()];
    const mark = (...ids: Device['id'][]) => stores.transact(() => stores.dirtyQueue.mark(ids));
    await mark(a, b, a);
    assert.equal(await stores.dirtyQueue.size(), 2);
    const taken = await stores.dirtyQueue.take(10);
    assert.deepEqual(
      taken.map(({ deviceId }) => deviceId),
      [a, b],
    );
    await mark(a, c);
    await stores.transact(() => stores.dirtyQueue.done(taken));
    const left = await stores.dirtyQueue.take(10);
    assert.deepEqual(
      left.map(({ deviceId }) => deviceId),
      [a, c],
    );
    assert.deepEqual((await stores.dirtyQueue.take(1)).length, 1);
  });

  storeTest('whoever marks very many waits for no more than the batch under way', async (stores) => {
    const ids = Array.from({ length: 200 }, () => anId<Device['id']>());
    const mark = () => stores.transact(() => stores.dirtyQueue.mark(ids));
    await mark();
    const before = Math.max(...(await stores.dirtyQueue.take(200)).map((one) => one.mark));
    const [begun, ended] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const batch = stores.transact(async () => {
      await stores.dirtyQueue.take(10);
      begun.resolve();
      await ended.promise;
    });
    await begun.promise;
    const marking = mark();
    // Until it stands there: nobody can be asked who waits.
    await sleep(500);
    const next = stores.transact(() => stores.dirtyQueue.take(10));
    await sleep(100);
    ended.resolve();
    await Promise.all([batch, marking]);
    assert.ok(
      (await next).every((one) => one.mark > before),
      'it was marked before the next batch began',
    );
  });

  storeTest('a late `done` never takes away a newer mark', async (stores) => {
    const id = anId<Device['id']>();
    const mark = () => stores.transact(() => stores.dirtyQueue.mark([id]));
    await mark();
    const taken = await stores.dirtyQueue.take(1);
    await stores.transact(() => stores.dirtyQueue.done(taken));
    await mark();
    await stores.transact(() => stores.dirtyQueue.done(taken));
    assert.equal(await stores.dirtyQueue.size(), 1);
  });

  storeTest(
    'says for which profile a device is marked, until it is marked for another or for everything',
    async (stores) => {
      const devices = Array.from({ length: 6 }, () => aDevice());
      const phone = aDevice({ platform: 'ios' });
      const [one, other] = [anId<ProfileId>(), anId<ProfileId>()];
      const ids = devices.map(({ id }) => id);
      const at = (...positions: number[]) => positions.flatMap((position) => ids[position] ?? []);
      const { dirtyQueue } = stores;
      await stores.transact(async () => {
        await stores.devices.save([...devices, phone]);
        await dirtyQueue.mark(at(0, 1, 2, 3), one);
        await dirtyQueue.mark(at(1), one);
        await dirtyQueue.mark(at(2), other);
        await dirtyQueue.mark(at(3));
        await dirtyQueue.mark(at(4));
        await dirtyQueue.markAll('windows10', one);
      });
      const marked = new Map((await dirtyQueue.take(9)).map(({ deviceId, profileId }) => [deviceId, profileId]));
      assert.deepEqual(
        marked,
        new Map(ids.map((id, position) => [id, [one, one, null, null, null, one][position] ?? null])),
      );
      assert.equal((await dirtyQueue.takeOne(devices[0]?.id as Device['id']))?.profileId, one);
      const all = await dirtyQueue.take(9);
      await stores.transact(async () => {
        await dirtyQueue.done(all);
        await dirtyQueue.markAll(undefined, other);
      });
      assert.deepEqual(new Set((await dirtyQueue.take(9)).map(({ profileId }) => profileId)), new Set([other]));
      assert.equal(await dirtyQueue.size(), 7);
    },
  );

  storeTest('marks all devices that are not retired', async (stores) => {
    const [active, retired] = [aDevice(), aDevice({ retiredAt: recordTime })];
    await stores.transact(async () => {
      await stores.devices.save([active, retired]);
      await stores.dirtyQueue.mark([active.id]);
      await stores.dirtyQueue.markAll();
    });
    assert.deepEqual(
      (await stores.dirtyQueue.take(9)).map(({ deviceId }) => deviceId),
      [active.id],
    );
  });
});
