import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { makeDevice, makeGroup, makeScepProfile, makeTrustedProfile, makeUser } from '../../test/support/make-facts.ts';
import { performEdits, randomEdit, randomOrganisation } from '../../test/support/random-organisation.ts';
import { rounds } from '../../test/support/rounds.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import type { Assignment, AssignmentTarget } from '../assignments/assignment.ts';
import type { Finding } from '../profiles/finding.ts';
import type { Profile } from '../profiles/profile.ts';
import { findWanted } from './find-wanted.ts';
import { reviewAssignments } from './review-assignments.ts';

type Stores = Awaited<ReturnType<typeof openTestStores>>;

const clock = { now: () => 1_800_000_000_000, monotonic: () => 0 };

function include(profile: Profile, target: AssignmentTarget): Assignment {
  return { id: `a-${profile.id}` as Assignment['id'], profileId: profile.id, mode: 'include', target, filter: null };
}

async function review(
  stores: Stores,
  profiles: readonly Profile[],
  assignments: readonly Assignment[],
  focus: Profile,
  already: readonly Finding[] = [],
) {
  const ports = { ...stores, clock, pause: async () => {} };
  const deps = { ...ports, wanted: { ...ports, reach: ports }, members: ports };
  const findings = await reviewAssignments(deps, { world: { profiles, assignments }, focus: [focus.id] });
  return findings(focus.id, already);
}

/** Twenty-five devices, the first five of which are in the group. */
async function scene(stores: Stores) {
  const users = [makeUser(), makeUser()];
  const devices = Array.from({ length: 25 }, (_, n) =>
    makeDevice({ deviceName: `d${n}`, primaryUserId: users[n % 2]?.id ?? null }),
  );
  const group = makeGroup({ kind: 'device' });
  const people = makeGroup({ kind: 'user' });
  await stores.transact(async () => {
    await stores.users.save(users);
    await stores.devices.save(devices);
    await stores.groups.save([group, people]);
    await stores.groups.changeMembers({
      add: [
        ...devices.slice(0, 2).map(({ id }) => ({ groupId: group.id, member: { kind: 'device', id } as const })),
        ...users.map(({ id }) => ({ groupId: people.id, member: { kind: 'user', id } as const })),
      ],
      remove: [],
    });
  });
  const root = makeTrustedProfile();
  return { root, profile: makeScepProfile(root), group, people };
}

storeTest(
  'devices that the root does not reach are counted, and the first twenty named, for either profile',
  async (stores) => {
    const { root, profile, group } = await scene(stores);
    const assignments = [include(profile, { kind: 'allDevices' }), include(root, { kind: 'group', groupId: group.id })];
    const [finding, ...others] = await review(stores, [root, profile], assignments, profile);
    assert.deepEqual(others, []);
    assert.deepEqual(
      [finding?.rule, finding?.severity, finding?.path],
      ['root-not-assigned', 'warning', 'assignments'],
    );
    assert.match(finding?.detail ?? '', /does not reach 23 devices .*: d2, d3, (d\d+, ){17}d21 and 3 more\./);
    const [about] = await review(stores, [root, profile], assignments, root);
    assert.match(about?.detail ?? '', new RegExp(`^“${profile.name}” rests on it\\..*23 devices`));
  },
);

storeTest('a root that is assigned to nobody is told of, whoever is in the group', async (stores) => {
  const { root, profile } = await scene(stores);
  const empty = makeGroup();
  await stores.transact(() => stores.groups.save([empty]));
  const target = { kind: 'group', groupId: empty.id } as const;
  const [finding] = await review(stores, [root, profile], [include(profile, target)], profile);
  assert.match(finding?.detail ?? '', /is assigned to nobody/);
  assert.deepEqual(await review(stores, [root, profile], [], profile), []);
});

storeTest(
  'kinds that differ over the same devices are a warning; the same targets are looked at no further',
  async (stores) => {
    const { root, profile, people } = await scene(stores);
    const toPeople = include(profile, { kind: 'group', groupId: people.id });
    const everywhere = include(root, { kind: 'allDevices' });
    const kinds = await review(stores, [root, profile], [toPeople, everywhere], profile);
    assert.deepEqual(
      kinds.map(({ rule, severity }) => [rule, severity]),
      [['assignment-kinds', 'warning']],
    );
    const both = include(root, { kind: 'allUsers' });
    assert.deepEqual(await review(stores, [root, profile], [toPeople, everywhere, both], profile), []);
    const alike = include(root, { kind: 'group', groupId: people.id });
    const refuse = () => assert.fail();
    const deviceWalk = {
      ofPlatform: refuse,
      withProfile: refuse,
      count: refuse,
      assignable: refuse,
      assignableOfPlatform: refuse,
    };
    const blind = { ...stores, deviceWalk };
    assert.deepEqual(await review(blind, [root, profile], [toPeople, alike], profile), []);
    assert.deepEqual(await review(blind, [root, profile], [toPeople, everywhere, both], profile), []);
  },
);

storeTest('the rules hear which devices in reach have no user, and which are dedicated', async (stores) => {
  const root = makeTrustedProfile('androidEnterpriseCorporate');
  const profile = makeScepProfile(root, {
    certificateType: 'user',
    subjectNameFormat: 'CN={{UserPrincipalName}}',
    certificateAccess: { mode: 'specificApps', apps: ['com.example.mail'] },
  });
  const user = makeUser();
  const platform = 'androidEnterpriseCorporate';
  const owned = makeDevice({ platform, management: 'fullyManaged', primaryUserId: user.id });
  const kiosk = makeDevice({ deviceName: 'kiosk-7', platform, management: 'dedicated' });
  await stores.transact(async () => {
    await stores.users.save([user]);
    await stores.devices.save([owned, kiosk]);
  });
  const all = [profile, root].map((each) => include(each, { kind: 'allDevices' }));
  const findings = await review(stores, [root, profile], all, profile);
  const naming = findings.filter(({ detail }) => detail.includes('kiosk-7')).map(({ rule }) => rule);
  assert.deepEqual(naming.sort(), ['V22', 'V24', 'V27']);
  const one = [profile, root].map((each) => include(each, { kind: 'device', deviceId: owned.id }));
  const fine = await review(stores, [root, profile], one, profile);
  assert.ok(!fine.some(({ rule }) => rule === 'V22'));
});

test('devices without the root are counted as asking about every one of them would', async () => {
  const edits = fc.array(randomEdit, { minLength: 10, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(edits, async (history) => {
      await using stores = await openTestStores({ clock });
      const scene = await randomOrganisation(stores);
      await performEdits(stores, scene, history);
      const [profiles, assignments] = [await stores.profiles.all(), await stores.assignments.all()];
      const world = { profiles, assignments };
      const deviceIds = scene.devices.map(({ id }) => id);
      const wanted = await findWanted({ ...stores, reach: stores }, deviceIds, world);
      for (const profile of profiles) {
        if (profile.kind !== 'scep') continue;
        const { rootCertificate } = profile.settings;
        // These edits reach into the store: nobody else can delete a root that is in use.
        if (!profiles.some(({ id }) => id === rootCertificate)) continue;
        const without = [...wanted.values()].filter(
          (has) =>
            has.some((one) => one.profile.id === profile.id) && !has.some((one) => one.profile.id === rootCertificate),
        );
        const [finding] = (await review(stores, profiles, assignments, profile)).filter(
          ({ rule, detail }) => rule === 'root-not-assigned' && !detail.includes('assigned to nobody'),
        );
        const told = /does not reach (one|\d+) device/.exec(finding?.detail ?? '')?.[1] ?? '0';
        assert.equal(told === 'one' ? 1 : Number(told), without.length);
      }
    }),
    { numRuns: rounds(40, 400) },
  );
});
