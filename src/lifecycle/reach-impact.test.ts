import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { happened, lineOf } from '../../test/support/happened.ts';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser } from '../../test/support/make-facts.ts';
import {
  at,
  organisationClock as clock,
  performEdits,
  type RandomOrganisation,
  randomEdit,
  randomOrganisation,
} from '../../test/support/random-organisation.ts';
import { aCertificate, aChallenge, anIssuance } from '../../test/support/records.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import { checkedRule } from '../assignments/filter/checked-rule.ts';
import { saveFilter } from '../assignments/filter/save-filter.ts';
import { groupUses } from '../assignments/group-uses.ts';
import { saveCoManagement } from '../assignments/save-co-management.ts';
import { isDue } from '../deployments/deployment.ts';
import { changeMembers } from '../directory/change-members.ts';
import type { Member } from '../directory/group.ts';
import { removeGroups } from '../directory/remove-groups.ts';
import { removeUsers } from '../directory/remove-users.ts';
import { systemCause as cause } from '../events/event.ts';
import { isFailure } from '../lib/failure.ts';
import type { ImpactItem } from './impact.ts';
import { leavingImpact } from './leaving-impact.ts';
import { type ReachIntent, reachImpact } from './reach-impact.ts';
import { reconcile } from './reconcile.ts';
import { deleteDevices, retire } from './remove.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

function depsOn(stores: Store) {
  const ports = { ...stores, clock, pause: async () => {} };
  return { ...ports, wanted: { ...ports, reach: ports }, members: ports };
}

async function settle(stores: Store): Promise<void> {
  while ((await reconcile(depsOn(stores), { limit: 100, cause })).devices > 0);
}

async function ask(stores: Store, intent: ReachIntent): Promise<ImpactItem[]> {
  const items: ImpactItem[] = [];
  for await (const some of (await reachImpact(depsOn(stores), { intent })).items) items.push(...some);
  return items;
}

async function act(stores: Store, intent: ReachIntent): Promise<unknown> {
  const deps = depsOn(stores);
  switch (intent.kind) {
    case 'members':
      return changeMembers(deps, { ...intent, cause });
    case 'delete-group':
      return removeGroups(
        { ...deps, groupUses: (ids) => groupUses(stores, ids) },
        { groupIds: [intent.groupId], cause },
      );
    case 'delete-user':
      return removeUsers(deps, { userIds: [intent.userId], cause });
    case 'filter':
      return saveFilter(deps, { ...intent.filter, cause });
    case 'co-management':
      return saveCoManagement(deps, { setting: intent.setting, cause });
  }
}

function intentOf(scene: RandomOrganisation, { what, a, b, c }: { what: string; a: number; b: number; c: number }) {
  const group = at(scene.groups, a);
  if (what === 'delete-user') return { kind: 'delete-user', userId: at(scene.users, b).id } as const;
  if (what === 'delete-group') return { kind: 'delete-group', groupId: group.id } as const;
  const alike = scene.groups.filter(({ kind, id }) => kind === group.kind && id !== group.id);
  const all: readonly Member[] = [
    ...(group.kind === 'user' ? scene.users : scene.devices).map(({ id }): Member => ({ kind: group.kind, id })),
    ...alike.map(({ id }): Member => ({ kind: 'group', id })),
  ];
  const chosen = (salt: number) => all.filter((_, n) => (b * 7 + c * 3 + n * salt) % 4 === 0);
  const add = what === 'members' ? chosen(5) : [];
  return { kind: 'members', groupId: group.id, add, remove: chosen(3).filter((one) => !add.includes(one)) } as const;
}

test('what a change of the directory would do, said before, is what reconciling does', async () => {
  const change = fc.record({
    what: fc.constantFrom('members', 'members', 'take-out', 'take-out', 'delete-group', 'delete-user'),
    a: fc.nat(30),
    b: fc.nat(30),
    c: fc.nat(30),
  });
  const edits = fc.array(randomEdit, { minLength: 5, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(edits, change, async (history, chosen) => {
      await using stores = await openTestStores({ clock });
      const scene = await randomOrganisation(stores);
      await performEdits(stores, scene, history);
      await settle(stores);
      const intent = intentOf(scene, chosen);
      const all = () => stores.deployments.byDevices(scene.devices.map(({ id }) => id));
      const before = new Map((await all()).map((deployment) => [deployment.id, deployment]));
      const told = (await ask(stores, intent)).map(({ device, profileId, user, effect, subject, problem }) =>
        lineOf(device.id, profileId, user?.id ?? null, effect, { subject, problem }),
      );
      assert.deepEqual(await all(), [...before.values()], 'nothing was done');
      try {
        await act(stores, intent);
      } catch (error) {
        // A group that is in use, or one that an earlier edit removed.
        if (isFailure(error)) return;
        throw error;
      }
      await settle(stores);
      const really = (await all()).flatMap((deployment) => {
        const effect = happened(before.get(deployment.id), deployment);
        if (effect === null) return [];
        return [lineOf(deployment.deviceId, deployment.profileId, deployment.userId, effect, deployment)];
      });
      const changed = (lines: string[]) =>
        lines.filter((line) => !line.includes('"keep"') && !line.includes('"blocked"'));
      assert.deepEqual(changed(told).sort(), changed(really).sort());
    }),
    { numRuns: rounds(60, 600) },
  );
});

/** Two groups of devices, the inner one within the outer, which has the profile; all hold certificates. */
async function scene(stores: Store) {
  const root = makeTrustedProfile('windows10');
  const profile = makeScepProfile(root, { subjectNameFormat: 'CN={{DeviceName}}' });
  const user = makeUser();
  const devices = [0, 1, 2, 3].map((n) =>
    makeDevice({
      deviceName: `d${n}`,
      platform: 'windows10',
      primaryUserId: n === 0 ? user.id : null,
      ...(n > 1 && { model: 'Tablet' }),
      ...(n === 3 && { coManagementWorkload: 'pilot' }),
    }),
  );
  const [outer, inner, left] = [0, 1, 2].map(() => makeGroup({ kind: 'device' }));
  assert.ok(outer && inner && left);
  const deps = depsOn(stores);
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.devices.save(devices);
    await stores.groups.save([outer, inner, left]);
    const inInner = devices.map(({ id }) => ({ groupId: inner.id, member: { kind: 'device', id } as const }));
    const nested = { groupId: outer.id, member: { kind: 'group', id: inner.id } as const };
    await stores.groups.changeMembers({ add: [...inInner, nested], remove: [] });
    for (const one of [root, profile]) await stores.profiles.save(one);
  });
  const { filter } = await saveFilter(deps, {
    id: null,
    version: null,
    name: 'Any',
    description: '',
    platform: 'windows10',
    rule: '(device.deviceName -startsWith "d")',
    scopeTags: [],
    cause,
  });
  for (const { id } of [root, profile])
    await assign(deps, {
      profileId: id,
      assignments: [
        {
          mode: 'include',
          target: { kind: 'group', groupId: outer.id },
          filter: { filterId: filter.id, mode: 'include' },
        },
        { mode: 'exclude', target: { kind: 'group', groupId: left.id } },
      ],
      cause,
    });
  await settle(stores);
  for (const deployment of await stores.deployments.byDevices(
    devices.map(({ id }) => id),
    [profile.id],
  )) {
    if (!isDue(deployment)) continue;
    const challenge = aChallenge(deployment, { createdAt: clock.now(), expiresAt: clock.now() + 3_600_000 });
    await stores.transact(() => stores.challenges.insert([challenge]));
    assert.equal((await stores.ledger.commit(anIssuance(deployment, challenge))).kind, 'committed');
  }
  await stores.transact(() => stores.dirtyQueue.markAll());
  await settle(stores);
  return { root, profile, user, devices, outer, inner, left, filter };
}

storeTest('by what it is lost and how is said for groups, exclusions, filters and co-management', async (stores) => {
  const { profile, devices, outer, inner, left, filter } = await scene(stores);
  const [first] = devices;
  assert.ok(first);
  const losses = async (intent: ReachIntent) =>
    (await ask(stores, intent))
      .filter(({ removal, profileId }) => removal !== null && profileId === profile.id)
      .map(({ device, effect, removal }) => [device.deviceName, effect, removal?.occasion]);
  const all = (occasion: string) => devices.map(({ deviceName }) => [deviceName, 'revoke', occasion]);
  const member = { kind: 'device', id: first.id } as const;
  const none = { add: [], remove: [] };
  const members = { kind: 'members', groupId: inner.id, ...none } as const;
  const one = [['d0', 'revoke', 'leftGroup']];
  assert.deepEqual(await losses({ ...members, remove: [member] }), one);
  assert.deepEqual(await losses({ ...members, groupId: left.id, add: [member] }), one, 'into the excluded group');
  assert.deepEqual(await losses({ ...members, groupId: outer.id, remove: [member] }), [], 'it is not in it directly');
  const nested = { kind: 'group', id: inner.id } as const;
  assert.deepEqual((await losses({ ...members, groupId: outer.id, remove: [nested] })).sort(), all('leftGroup'));
  assert.deepEqual((await losses({ kind: 'delete-group', groupId: inner.id })).sort(), all('leftGroup'));
  const rule = '(device.model -eq "Tablet")';
  const edited = { ...filter, rule, tree: checkedRule(rule, 'windows10').tree };
  assert.deepEqual(
    (await losses({ kind: 'filter', filter: edited })).sort(),
    ['d0', 'd1'].map((name) => [name, 'revoke', 'notApplicable']),
  );
  assert.deepEqual(await losses({ kind: 'co-management', setting: { pilotGroup: left.id } }), [
    ['d3', 'revoke', 'notApplicable'],
  ]);
  assert.deepEqual(await losses({ kind: 'co-management', setting: { pilotGroup: inner.id } }), []);

  await changeMembers(depsOn(stores), { groupId: left.id, add: [member], remove: [], cause });
  await settle(stores);
  const back = await ask(stores, { ...members, groupId: left.id, remove: [member] });
  assert.deepEqual(
    back
      .filter(({ effect }) => effect !== 'keep')
      .map(({ device, effect, profileId }) => [device.deviceName, effect, profileId])
      .sort(),
    (await stores.profiles.all()).map(({ id }) => ['d0', 'gain', id]).sort(),
    'out of the excluded group',
  );
});

storeTest('what a device that leaves loses is said before, with its older certificates', async (stores) => {
  const { devices, profile, root } = await scene(stores);
  const [first, second] = devices;
  assert.ok(first && second);
  const deps = depsOn(stores);
  const asking = { ...deps, rules: stores };
  const [deployment] = await stores.deployments.byDevices([first.id], [profile.id]);
  assert.ok(deployment);
  const older = aCertificate({ deploymentId: deployment.id, notAfter: clock.now() * 2 });
  await stores.transact(() => stores.certificates.insert(older));
  const told = await leavingImpact(asking, { device: first, occasion: 'wiped' });
  assert.equal(told.certificates, 2);
  assert.deepEqual(
    told.items.map(({ profileId, effect, removal }) => [profileId, effect, removal?.rule.reason]).sort(),
    [
      [root.id, 'remove', 'unspecified'],
      [profile.id, 'revoke', 'cessationOfOperation'],
    ].sort(),
  );
  const revoked: string[] = [];
  const removing = {
    ...deps,
    revoke: async ({ certificateId }: { certificateId: string }) => revoked.push(certificateId),
  };
  assert.equal((await retire(removing, { deviceId: first.id, action: 'wipe', cause })).revoked, told.certificates);
  assert.equal(revoked.length, told.certificates);
  assert.deepEqual((await leavingImpact(asking, { device: first, occasion: 'retired' })).items, []);
  const other = await leavingImpact(asking, { device: second, occasion: 'deviceDeleted' });
  assert.deepEqual([other.items.length, other.certificates], [2, 1]);
  revoked.length = 0;
  await deleteDevices(removing, { deviceIds: [second.id], cause });
  assert.equal(revoked.length, 1);
});
