import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  makeDevice,
  makeFilter,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
  makeUser,
} from '../../test/support/make-facts.ts';
import { rounds } from '../../test/support/rounds.ts';
import type { GroupId } from '../directory/group.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import { covers } from './covers.ts';
import type { AssignableReach } from './reach.ts';
import { resolve } from './resolve.ts';

const [user, otherUser] = [makeUser(), makeUser()];
const people = [makeGroup({ kind: 'user' }), makeGroup({ kind: 'user' })] as const;
const fleets = [makeGroup({ kind: 'device' }), makeGroup({ kind: 'device' })] as const;
const kinds = new Map([...people, ...fleets].map(({ id, kind }) => [id, kind]));
const filters = [makeFilter({ rule: '(device.model -eq "A")' }), makeFilter({ rule: '(device.model -eq "B")' })];
const circumstances = {
  filters: new Map(filters.map((filter) => [filter.id, filter])),
  coManagement: { pilotGroup: null },
};
const root = makeTrustedProfile();
const profile = makeScepProfile(root);
const device = makeDevice({ model: 'A', primaryUserId: user.id });

const everybody = { kind: 'allUsers' } as const;
const everything = { kind: 'allDevices' } as const;
const group = ({ id }: { id: GroupId }) => ({ kind: 'group', groupId: id }) as const;
const targets: readonly AssignmentTarget[] = [
  everybody,
  everything,
  ...[...people, ...fleets].map(group),
  ...[user, otherUser].map(({ id }) => ({ kind: 'user', userId: id }) as const),
  { kind: 'device', deviceId: device.id },
];

type Given = Pick<Assignment, 'mode' | 'target' | 'filter'>;
const include = (target: AssignmentTarget, filter: Assignment['filter'] = null): Given => ({
  mode: 'include',
  target,
  filter,
});
const exclude = (target: AssignmentTarget): Given => ({ mode: 'exclude', target, filter: null });
const assigned = (to: Profile, given: readonly Given[]) => ({
  profile: to,
  assignments: given.map((one): Assignment => ({ ...one, id: makeId(), profileId: to.id })),
});

suite('a profile covers another', () => {
  const onlyA = { filterId: filters[0]?.id ?? assert.fail(), mode: 'include' } as const;
  const everywhere = [include(everybody), include(everything)];
  const rows: readonly [string, readonly Given[], readonly Given[], boolean][] = [
    ['when both are assigned alike', [include(group(people[0]))], [include(group(people[0]))], true],
    ['when it is for everybody', everywhere, targets.slice(2, 8).map((target) => include(target)), true],
    ['not a single device, which is not waited for', everywhere, [include(targets[8] ?? assert.fail())], false],
    ['a group of people when it is for all users', [include(everybody)], [include(group(people[0]))], true],
    ['not a group of devices when it is for all users', [include(everybody)], [include(group(fleets[0]))], false],
    ['a group of devices when it is for all devices', [include(everything)], [include(group(fleets[0]))], true],
    ['not whom it excludes', [include(everything), exclude(group(fleets[0]))], [include(everything)], false],
    [
      'when the other excludes them too',
      [include(everything), exclude(group(fleets[0]))],
      [include(everything), exclude(group(fleets[0]))],
      true,
    ],
    ['not whom its filter leaves out', [include(everything, onlyA)], [include(everything)], false],
    ['when the other has the same filter', [include(everything, onlyA)], [include(group(fleets[0]), onlyA)], true],
    ['that has a filter when it has none', [include(everything)], [include(everything, onlyA)], true],
    ['not a group that is gone', [include(everything)], [include({ kind: 'group', groupId: makeId() })], false],
  ];
  for (const [name, wide, narrow, expected] of rows)
    test(name, () => assert.equal(covers(assigned(root, wide), assigned(profile, narrow), kinds), expected));

  test('not by other rules, nor on another platform', () => {
    const osVersion = { rule: 'assignIf', minimum: '10.0.1.0', maximum: '10.0.9.0' } as const;
    const windows = makeTrustedProfile('windows10');
    const ruled = makeScepProfile(windows, { applicabilityRules: { osVersion } } as Partial<ScepSettings>);
    const all = [include(everything)];
    assert.equal(covers(assigned(windows, all), assigned(ruled, all), kinds), true);
    assert.equal(covers(assigned(ruled, all), assigned(windows, all), kinds), false);
    assert.equal(covers(assigned(ruled, all), assigned(ruled, all), kinds), true);
    assert.equal(covers(assigned(windows, all), assigned(profile, all), kinds), false);
  });
});

test('whoever a covered profile applies to, the other one applies to', () => {
  const given = fc.record({
    mode: fc.constantFrom('include', 'include', 'include', 'exclude'),
    target: fc.constantFrom(...targets),
    filter: fc.option(
      fc.record({
        filterId: fc.constantFrom(...filters.map(({ id }) => id)),
        mode: fc.constantFrom('include', 'exclude'),
      }),
    ),
  });
  const assignments = fc
    .array(given, { minLength: 1, maxLength: 4 })
    .map((all) => all.map((one) => ({ ...one, filter: one.mode === 'exclude' ? null : one.filter }) as Given));
  const reaches: AssignableReach[] = [];
  for (const owner of [null, user, otherUser])
    for (const registeredAt of [null, 0])
      for (const model of ['A', 'B', null])
        for (let held = 0; held < 16; held++) {
          const holding = (groups: readonly { id: GroupId }[], first: number) =>
            new Set(groups.filter((_, n) => (held >> (first + n)) & 1).map(({ id }) => id));
          reaches.push({
            device: { ...device, model, registeredAt, primaryUserId: owner?.id ?? null },
            user: owner,
            deviceGroups: holding(fleets, 0),
            userGroups: owner === null ? new Set() : holding(people, 2),
          });
        }
  let covered = 0;
  fc.assert(
    fc.property(assignments, assignments, (wideGiven, narrowGiven) => {
      const [wide, narrow] = [assigned(root, wideGiven), assigned(profile, narrowGiven)];
      if (!covers(wide, narrow, kinds)) return;
      covered++;
      for (const reach of reaches)
        if (resolve(profile, narrow.assignments, reach, circumstances).applies)
          assert.ok(resolve(root, wide.assignments, reach, circumstances).applies, JSON.stringify(reach.device));
    }),
    { numRuns: rounds(2000, 20_000) },
  );
  assert.ok(covered > 20, `only ${covered} were`);
});
