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
import { openTestStores } from '../../test/support/stores.ts';
import type { Group } from '../directory/group.ts';
import type { User } from '../directory/user.ts';
import { systemCause } from '../events/event.ts';
import { assign } from './assign.ts';
import { explainDevice } from './explain-device.ts';
import { explainUser } from './explain-user.ts';

const clock = { now: () => 1000, monotonic: () => 0 };

test('explains by the path of groups, and tells when the root does not come along', async () => {
  await using stores = await openTestStores();
  const user = makeUser();
  const device = makeDevice({ primaryUserId: user.id });
  const inner = makeGroup({ name: 'Engineering', kind: 'user' });
  const middle = makeGroup({ name: 'Office', kind: 'user' });
  const outer = makeGroup({ name: 'Everyone', kind: 'user' });
  const nest = (group: Group, member: Group) => ({
    groupId: group.id,
    member: { kind: 'group', id: member.id } as const,
  });
  const root = makeTrustedProfile();
  const profile = makeScepProfile(root);
  const lonely = makeScepProfile(makeTrustedProfile());
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.devices.save([device]);
    await stores.groups.save([inner, middle, outer]);
    const direct = { groupId: inner.id, member: { kind: 'user', id: user.id } as const };
    // Round in a circle as well: harmless.
    const nested = [nest(middle, inner), nest(outer, middle), nest(inner, outer)];
    await stores.groups.changeMembers({ add: [direct, ...nested], remove: [] });
    for (const one of [root, profile, lonely]) await stores.profiles.save(one);
  });
  const deps = { ...stores, clock };
  const toOuter = { mode: 'include', target: { kind: 'group', groupId: outer.id } } as const;
  for (const { id } of [root, profile, lonely]) {
    await assign(deps, { profileId: id, assignments: [toOuter], cause: systemCause });
  }
  const explained = await explainDevice({ ...stores, reach: stores }, { deviceId: device.id });
  const found = explained.find((one) => one.profile.id === profile.id);
  assert.equal(found?.applies, true);
  assert.equal(found.rootNotAssigned, false);
  assert.equal(found.status, 'applies');
  const holds = `the group “Everyone” holds its user ${user.userPrincipalName} (Engineering > Office > Everyone)`;
  assert.equal(found.sentence, `Included: ${holds}.`);
  const path = ['Engineering', 'Office', 'Everyone'];
  assert.deepEqual(found.reasons, [
    { code: 'included', by: toOuter.target, through: 'user', path, text: found.sentence },
  ]);
  const waiting = explained.find((one) => one.profile.id === lonely.id);
  assert.deepEqual([waiting?.rootNotAssigned, waiting?.status], [true, 'pending']);
});

test('a user is explained device by device, and alone without one', async () => {
  await using stores = await openTestStores();
  const [owner, alone] = [makeUser(), makeUser()];
  const laptop = makeDevice({ deviceName: 'laptop', primaryUserId: owner.id });
  const phone = makeDevice({ deviceName: 'phone', platform: 'ios', primaryUserId: owner.id });
  const root = makeTrustedProfile();
  const unassigned = makeTrustedProfile();
  await stores.transact(async () => {
    await stores.users.save([owner, alone]);
    await stores.devices.save([laptop, phone]);
    for (const one of [root, unassigned]) await stores.profiles.save(one);
  });
  const everybody = { mode: 'include', target: { kind: 'allUsers' } } as const;
  await assign({ ...stores, clock }, { profileId: root.id, assignments: [everybody], cause: systemCause });
  const of = async (userId: User['id']) => {
    const all = await explainUser({ ...stores, reach: stores }, { userId });
    const brief = all.map(({ device, profile, status }) => [device?.deviceName ?? null, profile.id, status] as const);
    return brief.toSorted((a, b) => (a.join() < b.join() ? -1 : 1));
  };
  assert.deepEqual(await of(owner.id), [
    ['laptop', root.id, 'applies'],
    ['laptop', unassigned.id, 'not-assigned'],
    ['phone', root.id, 'not-applicable'],
    ['phone', unassigned.id, 'not-assigned'],
  ]);
  assert.deepEqual(await of(alone.id), [
    [null, root.id, 'no-device'],
    [null, unassigned.id, 'not-assigned'],
  ]);
  await assert.rejects(of(makeId()), { code: 'user-not-found' });
});

test('a device that does not exist cannot be explained', async () => {
  await using stores = await openTestStores();
  await assert.rejects(explainDevice({ ...stores, reach: stores }, { deviceId: makeId() }), {
    code: 'device-not-found',
  });
});

test('assigning again what is assigned changes nothing; a change marks whom it touches', async () => {
  await using stores = await openTestStores();
  const [near, far] = [makeDevice(), makeDevice()];
  const group = makeGroup();
  const profile = makeScepProfile(makeTrustedProfile());
  await stores.transact(async () => {
    await stores.devices.save([near, far]);
    await stores.groups.save([group]);
    const member = { kind: 'device', id: near.id } as const;
    await stores.groups.changeMembers({ add: [{ groupId: group.id, member }], remove: [] });
    await stores.profiles.save(profile);
  });
  const deps = { ...stores, clock };
  const toGroup = { mode: 'include', target: { kind: 'group', groupId: group.id } } as const;
  const input = { profileId: profile.id, assignments: [toGroup, toGroup], cause: systemCause };
  const [first] = await assign(deps, input);
  assert.deepEqual(
    (await stores.dirtyQueue.take(10)).map(({ deviceId }) => deviceId),
    [near.id],
  );
  const [again, ...others] = await assign(deps, input);
  assert.equal(again?.id, first?.id);
  assert.deepEqual(others, []);
  const everything = { mode: 'include', target: { kind: 'allDevices' } } as const;
  await assign(deps, { ...input, assignments: [toGroup, everything] });
  assert.equal(await stores.dirtyQueue.size(), 2);
  const events = await stores.events.list(
    { subject: null, types: ['assignment.changed'] },
    { limit: 10, cursor: null },
  );
  assert.equal(events.items.length, 2);
  await assert.rejects(assign(deps, { ...input, profileId: makeId() }), { code: 'profile-not-found' });
});
