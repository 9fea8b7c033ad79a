import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { happened, lineOf } from '../../test/support/happened.ts';
import {
  makeDevice,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
  makeUser,
} from '../../test/support/make-facts.ts';
import {
  at,
  organisationClock as clock,
  performEdits,
  randomEdit,
  randomOrganisation,
} from '../../test/support/random-organisation.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import { assign } from '../assignments/assign.ts';
import type { NewAssignment } from '../assignments/new-assignment.ts';
import type { Membership } from '../directory/group.ts';
import { systemCause } from '../events/event.ts';
import { deleteProfile } from '../profiles/delete-profile.ts';
import { nextProfile } from '../profiles/next-profile.ts';
import type { Profile } from '../profiles/profile.ts';
import { defaultRemovalRule } from '../profiles/removal-rule.ts';
import { type ImpactItem, impact } from './impact.ts';
import { impactSummary } from './impact-summary.ts';
import { intendedChange, type ProfileIntent } from './intended-change.ts';
import { reconcile } from './reconcile.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const cause = systemCause;

function depsOn(stores: Store) {
  const ports = { ...stores, clock, pause: async () => {} };
  return { ...ports, wanted: { ...ports, reach: ports }, members: ports };
}

async function settle(stores: Store): Promise<void> {
  while ((await reconcile(depsOn(stores), { limit: 100, cause })).devices > 0);
}

/** All items of a change that a profile in the store would undergo. */
async function ask(stores: Store, intent: Exclude<ProfileIntent, { kind: 'apply' }> | Profile): Promise<ImpactItem[]> {
  const deps = depsOn(stores);
  const input =
    'kind' in intent && 'profileId' in intent
      ? await intendedChange({ ...stores, applyProfiles: () => assert.fail() }, { intent, cause })
      : await edited(stores, intent as Profile);
  assert.ok(!('kind' in input) || input.kind === 'possible');
  const items: ImpactItem[] = [];
  for await (const some of impact(deps, input as Extract<typeof input, { focus: unknown }>)) items.push(...some);
  return items;
}

async function edited(stores: Store, profile: Profile) {
  const before = { profiles: await stores.profiles.all(), assignments: await stores.assignments.all() };
  const after = { ...before, profiles: before.profiles.map((one) => (one.id === profile.id ? profile : one)) };
  return { before, after, focus: [profile.id] };
}

const settingChanges = [
  { renewalThreshold: 33 },
  { subjectNameFormat: 'CN={{DeviceName}},O=x' },
  { subjectNameFormat: 'CN={{IMEI}}' },
  { certificateType: 'user', subjectNameFormat: 'CN={{UserPrincipalName}}' },
  { scepServerUrls: ['https://a.example/scep'] },
] as const;

test('impact says what reconciling then does, and does nothing itself', async () => {
  const change = fc.record({ what: fc.constantFrom('assign', 'edit', 'delete'), a: fc.nat(30), b: fc.nat(30) });
  const edits = fc.array(randomEdit, { minLength: 5, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(edits, fc.boolean(), change, async (history, settled, { what, a, b }) => {
      await using stores = await openTestStores({ clock });
      const scene = await randomOrganisation(stores);
      await fillGroups(stores, scene);
      await performEdits(stores, scene, history);
      if (settled) await settle(stores);
      const deps = depsOn(stores);
      const deviceIds = scene.devices.map(({ id }) => id);
      const profiles = await stores.profiles.all();
      fc.pre(profiles.length > 0);
      const profile = at(profiles, a);
      const { id: profileId } = profile;
      const all = () => stores.deployments.byDevices(deviceIds);
      const before = new Map((await all()).map((deployment) => [deployment.id, deployment]));

      let items: readonly ImpactItem[];
      let act: () => Promise<unknown>;
      if (what === 'assign') {
        const assignments = scene.targets
          .filter((_, n) => (b + n * 3) % 4 === 0)
          .map((target, n): NewAssignment => ({ mode: (b + n) % 3 === 0 ? 'exclude' : 'include', target }));
        items = await ask(stores, { kind: 'assign', profileId, assignments });
        act = () => assign(deps, { profileId, assignments, cause });
      } else if (what === 'edit') {
        const { profile: next } = nextProfile(
          profile,
          profile.kind === 'scep'
            ? { ...profile, assignments: null, settings: { ...profile.settings, ...at(settingChanges, b) } }
            : { ...profile, assignments: null, settings: { ...profile.settings, certificate: `A${b}` } },
          clock.now(),
        );
        items = await ask(stores, next);
        act = () => stores.transact(async () => stores.profiles.save(next));
      } else {
        items = await ask(stores, { kind: 'delete', profileId });
        // Roots that are in use are not deleted; what it would do is told all the same.
        act = () => stores.transact(() => stores.profiles.remove(profileId));
      }
      assert.deepEqual(await all(), [...before.values()], 'nothing was done');

      await act();
      await stores.transact(() => stores.dirtyQueue.mark(deviceIds));
      await settle(stores);
      const concerned = new Set([profileId, ...profiles.flatMap((other) => dependsOn(other, profileId))]);
      const really = (await all()).flatMap((deployment) => {
        const effect = concerned.has(deployment.profileId) ? happened(before.get(deployment.id), deployment) : null;
        if (effect === null) return [];
        return [lineOf(deployment.deviceId, deployment.profileId, deployment.userId, effect, deployment)];
      });
      const told = items.map(({ device, profileId, user, effect, subject, problem }) =>
        lineOf(device.id, profileId, user?.id ?? null, effect, { subject, problem }),
      );
      assert.deepEqual(told.sort(), really.sort());
    }),
    { numRuns: rounds(60, 600) },
  );
});

/** Everybody is in some group, some of them through another one. */
async function fillGroups(stores: Store, { groups, devices, users }: Awaited<ReturnType<typeof randomOrganisation>>) {
  const members: Membership[] = groups.flatMap(({ id: groupId, kind }, n) =>
    (kind === 'user' ? users : devices)
      .filter((_, i) => (i + n) % 2 === 0)
      .map(({ id }) => ({ groupId, member: { kind, id } })),
  );
  const [inner, outer] = groups.filter(({ kind }) => kind === 'device');
  if (inner !== undefined && outer !== undefined)
    members.push({ groupId: outer.id, member: { kind: 'group', id: inner.id } });
  await stores.transact(() => stores.groups.changeMembers({ add: members, remove: [] }));
}

function dependsOn(profile: Profile, root: string): Profile['id'][] {
  return profile.kind === 'scep' && profile.settings.rootCertificate === root ? [profile.id] : [];
}

storeTest('who gets it, who cannot and why; in numbers, with the first names', async (stores) => {
  const root = makeTrustedProfile();
  const profile = makeScepProfile(root, { subjectNameFormat: 'CN={{SerialNumber}}' });
  const user = makeUser();
  const group = makeGroup({ kind: 'user' });
  const with3 = [1, 2, 3].map((n) => makeDevice({ serialNumber: `S${n}`, primaryUserId: user.id }));
  const without = makeDevice({ deviceName: 'nameless', primaryUserId: user.id });
  const others = [makeDevice({ platform: 'ios', primaryUserId: user.id }), makeDevice({ serialNumber: 'S9' })];
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.devices.save([...with3, without, ...others]);
    await stores.groups.save([group]);
    await stores.groups.changeMembers({
      add: [{ groupId: group.id, member: { kind: 'user', id: user.id } }],
      remove: [],
    });
    for (const one of [root, profile]) await stores.profiles.save(one);
  });
  const deps = depsOn(stores);
  const toGroup: NewAssignment[] = [{ mode: 'include', target: { kind: 'group', groupId: group.id } }];
  const summarise = async (intent: Parameters<typeof ask>[1]) => {
    const summary = impactSummary(2);
    summary.add(await ask(stores, intent));
    return summary.result([profile.id, root.id]);
  };
  const alone = (await summarise({ kind: 'assign', profileId: profile.id, assignments: toGroup }))[0];
  assert.deepEqual(
    [alone?.counts.blocked, alone?.blocked],
    [4, [{ code: 'root-not-assigned', variable: null, reason: null, count: 4 }]],
  );
  await assign(deps, { profileId: root.id, assignments: toGroup, cause });
  const [ours] = await summarise({ kind: 'assign', profileId: profile.id, assignments: toGroup });
  assert.deepEqual(ours?.counts, { gain: 3, keep: 0, redeliver: 0, reissue: 0, remove: 0, revoke: 0, blocked: 1 });
  assert.deepEqual(Object.values(ours.certificates), [0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(ours.blocked, [
    { code: 'variable-unresolved', variable: 'SerialNumber', reason: 'value-empty', count: 1 },
  ]);
  assert.deepEqual(
    ours.first.map(({ effect, device, subject, user: whose }) => [effect, device.deviceName, subject, whose]),
    [
      ['gain', with3[0]?.deviceName, 'CN=S1', null],
      ['gain', with3[1]?.deviceName, 'CN=S2', null],
      ['blocked', 'nameless', null, null],
    ],
  );

  await assign(deps, { profileId: profile.id, assignments: toGroup, cause });
  await settle(stores);
  const kept = (await summarise({ kind: 'leave', profileId: profile.id }))[0];
  assert.deepEqual([kept?.counts.keep, kept?.counts.blocked], [3, 1]);
  const rootless = await summarise({ kind: 'assign', profileId: root.id, assignments: [] });
  assert.deepEqual([rootless[0]?.counts.blocked, rootless[1]?.counts.remove], [4, 4]);
  const [enrolled] = await stores.deployments.byDevices(
    with3.slice(0, 1).map(({ id }) => id),
    [profile.id],
  );
  assert.ok(enrolled);
  const { generation } = enrolled;
  await stores.transact(() =>
    stores.deployments.save([
      { ...enrolled, state: 'issued', issuedGeneration: generation, currentCertificateId: makeId() },
    ]),
  );
  const format = (subjectNameFormat: string) =>
    nextProfile(profile, { ...profile, assignments: null, settings: { ...profile.settings, subjectNameFormat } }, 1)
      .profile;
  const edited = (await summarise(format('CN={{SerialNumber}},O=x')))[0];
  assert.deepEqual([edited?.counts.reissue, edited?.certificates.reissue], [1, 1]);
  assert.deepEqual(
    edited?.removals.map(({ occasion, rule, countedFrom, count }) => [occasion, rule, countedFrom, count]),
    [['profileChanged', defaultRemovalRule('profileChanged', profile.settings.platform), 'replacement', 1]],
    'only who has a certificate has one that is replaced',
  );
  const gone = await summarise({ kind: 'delete', profileId: profile.id });
  assert.deepEqual([gone[0]?.counts.remove, gone[0]?.counts.revoke, gone[0]?.certificates.revoke], [3, 1, 1]);
  assert.deepEqual(
    gone[0]?.removals.map(({ occasion, rule, count }) => [occasion, rule.reason, rule.revoke, count]),
    [['profileDeleted', 'cessationOfOperation', true, 4]],
  );
  const taken = await summarise({ kind: 'assign', profileId: profile.id, assignments: [] });
  assert.deepEqual(
    taken[0]?.removals.map(({ occasion }) => occasion),
    ['unassigned'],
  );
  await deleteProfile(deps, { id: profile.id, version: null, cause });
  await settle(stores);
  assert.deepEqual(await ask(stores, { kind: 'leave', profileId: root.id }).then((items) => items.length), 4);
});

storeTest('the pilot group of co-managed devices counts, as it does when reconciling', async (stores) => {
  const root = makeTrustedProfile('windows10');
  const group = makeGroup({ kind: 'device' });
  const [ours, theirs] = [1, 2].map(() => makeDevice({ platform: 'windows10', coManagementWorkload: 'pilot' }));
  assert.ok(ours && theirs);
  await stores.transact(async () => {
    await stores.devices.save([ours, theirs]);
    await stores.groups.save([group]);
    await stores.groups.changeMembers({
      add: [{ groupId: group.id, member: { kind: 'device', id: ours.id } }],
      remove: [],
    });
    await stores.profiles.save(root);
    await stores.coManagement.put({ pilotGroup: group.id });
  });
  const everywhere: NewAssignment[] = [{ mode: 'include', target: { kind: 'allDevices' } }];
  const items = await ask(stores, { kind: 'assign', profileId: root.id, assignments: everywhere });
  assert.deepEqual(
    items.map(({ effect, device }) => [effect, device.id]),
    [['gain', ours.id]],
  );
});
