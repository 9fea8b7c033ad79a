import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { Platform } from '../directory/platform.ts';
import type { ApplicabilityRules } from '../profiles/applicability-rules.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import type { Circumstances } from './circumstances.ts';
import type { Filter } from './filter/filter.ts';
import type { NewAssignment } from './new-assignment.ts';
import type { Reach } from './reach.ts';
import { resolve } from './resolve.ts';

const everybody = { kind: 'allUsers' } as const;
const everything = { kind: 'allDevices' } as const;
const user = makeUser();
const staff = makeGroup({ kind: 'user' });
const laptops = makeGroup({ kind: 'device' });
const other = makeGroup({ kind: 'device' });
const device = makeDevice({ primaryUserId: user.id });

const owned: Reach = {
  device,
  user,
  deviceGroups: new Set<GroupId>([laptops.id]),
  userGroups: new Set<GroupId>([staff.id]),
};
const nobodys: Reach = { ...owned, device: makeDevice(), user: null, userGroups: new Set() };

const on = (reach: Reach, facts: Partial<Device>): Reach => ({ ...reach, device: { ...reach.device, ...facts } });
const include = (target: AssignmentTarget) => ({ mode: 'include', target }) as const;
const exclude = (target: AssignmentTarget) => ({ mode: 'exclude', target }) as const;
const group = ({ id }: { id: GroupId }) => ({ kind: 'group', groupId: id }) as const;

const debian = makeFilter({ rule: '(device.osVersion -startsWith "Debian")' });
const old = { ...makeFilter(), tree: null };
const circumstances: Circumstances = {
  filters: new Map([debian, old].map((filter) => [filter.id, filter])),
  coManagement: { pilotGroup: null },
};
const filtered = (mode: 'include' | 'exclude', { id }: Filter, target: AssignmentTarget = everything) => ({
  ...include(target),
  filter: { filterId: id, mode },
});

function decide(
  platform: Platform,
  reach: Reach,
  given: readonly NewAssignment[],
  around: Circumstances = circumstances,
  settings: Partial<ScepSettings> = {},
) {
  const profile = makeScepProfile(makeTrustedProfile(platform), settings);
  const assignments = given.map(
    ({ mode, target, filter = null }): Assignment => ({ id: makeId(), profileId: profile.id, mode, target, filter }),
  );
  const { applies, reasons } = resolve(profile, assignments, reach, around);
  return [applies, ...reasons.map(({ code }) => code)];
}

const rows: readonly [string, () => unknown[], unknown[]][] = [
  ['nothing assigned', () => decide('linux', owned, []), [false, 'not-assigned']],
  ['a group that does not hold it', () => decide('linux', owned, [include(group(other))]), [false, 'not-assigned']],
  ['a group of the device', () => decide('linux', owned, [include(group(laptops))]), [true, 'included']],
  ['a group of its user', () => decide('linux', owned, [include(group(staff))]), [true, 'included']],
  ['all devices', () => decide('linux', owned, [include(everything)]), [true, 'included']],
  ['all users', () => decide('linux', owned, [include(everybody)]), [true, 'included']],
  ['all users, on a device of nobody', () => decide('linux', nobodys, [include(everybody)]), [false, 'not-assigned']],
  ['its user alone', () => decide('linux', owned, [include({ kind: 'user', userId: user.id })]), [true, 'included']],
  [
    'the device alone',
    () => decide('linux', owned, [include({ kind: 'device', deviceId: device.id })]),
    [true, 'included'],
  ],
  [
    'exclusion wins over inclusion, also of another kind',
    () => decide('linux', owned, [include(group(laptops)), exclude(group(staff))]),
    [false, 'included', 'excluded'],
  ],
  [
    'exclusion wins whatever comes first',
    () => decide('linux', owned, [exclude({ kind: 'device', deviceId: device.id }), include(everybody)]),
    [false, 'excluded', 'included'],
  ],
  [
    'exclusion of others',
    () => decide('linux', owned, [include(everything), exclude(group(other))]),
    [true, 'included'],
  ],
  ['another platform', () => decide('ios', owned, [include(everything)]), [false, 'wrong-platform', 'included']],
  [
    'a device group waits for registration',
    () => decide('linux', on(owned, { registeredAt: null }), [include(group(laptops))]),
    [false, 'not-registered'],
  ],
  [
    'all devices wait for registration',
    () => decide('linux', on(owned, { registeredAt: null }), [include(everything)]),
    [false, 'not-registered'],
  ],
  [
    'a user group does not wait',
    () => decide('linux', on(owned, { registeredAt: null }), [include(everything), include(group(staff))]),
    [true, 'not-registered', 'included'],
  ],
  [
    'a device that was named does not wait',
    () => decide('linux', on(owned, { registeredAt: null }), [include({ kind: 'device', deviceId: device.id })]),
    [true, 'included'],
  ],
  [
    'an excluded device group does not wait either',
    () => decide('linux', on(owned, { registeredAt: null }), [include(group(staff)), exclude(group(laptops))]),
    [false, 'included', 'excluded'],
  ],
  [
    'a retired device',
    () => decide('linux', on(owned, { retiredAt: 1 }), [include(everything)]),
    [false, 'retired', 'included'],
  ],
  [
    'a filter that lets it in',
    () => decide('linux', on(owned, { osVersion: 'Debian 12' }), [filtered('include', debian)]),
    [true, 'included'],
  ],
  [
    'a filter that does not',
    () => decide('linux', on(owned, { osVersion: 'Ubuntu 24.04' }), [filtered('include', debian)]),
    [false, 'filtered'],
  ],
  [
    'a filter that leaves it out',
    () => decide('linux', on(owned, { osVersion: 'Debian 12' }), [filtered('exclude', debian)]),
    [false, 'filtered'],
  ],
  ['a filter that leaves out others', () => decide('linux', owned, [filtered('exclude', debian)]), [true, 'included']],
  [
    'left out of one assignment, in by another',
    () => decide('linux', owned, [filtered('include', debian), include(group(staff))]),
    [true, 'filtered', 'included'],
  ],
  [
    'a filter on a group that does not hold it says nothing',
    () => decide('linux', owned, [filtered('include', debian, group(other))]),
    [false, 'not-assigned'],
  ],
  [
    'a filter that cannot be read lets nobody in',
    () => decide('linux', owned, [filtered('include', old)]),
    [false, 'filtered'],
  ],
  ['nor when it leaves out', () => decide('linux', owned, [filtered('exclude', old)]), [false, 'filtered']],
  ['a filter that is gone', () => decide('linux', owned, [filtered('exclude', makeFilter())]), [false, 'filtered']],
  [
    'the user group of the seed: filters hold for users too',
    () => decide('linux', owned, [filtered('include', debian, group(staff))]),
    [false, 'filtered'],
  ],
];

for (const [name, actual, expected] of rows) test(name, () => assert.deepEqual(actual(), expected));

const gates: readonly [Platform, Partial<Device>, readonly string[]][] = [
  ['androidEnterpriseCorporate', { management: 'fullyManaged' }, []],
  ['androidEnterpriseCorporate', { management: 'dedicated' }, []],
  ['androidEnterpriseCorporate', { management: 'corporateWorkProfile' }, []],
  ['androidEnterpriseCorporate', { management: 'personalWorkProfile' }, ['wrong-management']],
  ['androidEnterpriseCorporate', { management: null }, ['wrong-management']],
  ['androidEnterprisePersonal', { management: 'personalWorkProfile' }, []],
  ['androidEnterprisePersonal', { management: 'fullyManaged' }, ['wrong-management']],
  ['androidOpenSource', { management: 'userless' }, []],
  ['windows10', { coManagementWorkload: 'configurationManager' }, ['other-manager']],
  ['windows81', { coManagementWorkload: 'ConfigurationManager' }, ['other-manager']],
  ['windows10', { coManagementWorkload: 'pilot' }, []],
  ['windows10', { coManagementWorkload: 'intune' }, []],
  ['linux', { coManagementWorkload: 'configurationManager' }, []],
];

for (const [platform, facts, expected] of gates) {
  const [[name, value] = ['', '']] = Object.entries(facts);
  test(`${platform}, ${name} ${value}: ${expected.join() || 'applies'}`, () => {
    const [applies, ...codes] = decide(platform, on(owned, { platform, ...facts }), [include(everything)]);
    assert.equal(applies, expected.length === 0);
    assert.deepEqual(codes, [...expected, 'included']);
  });
}

const pilots = makeGroup({ kind: 'device' });
const piloting: Circumstances = { ...circumstances, coManagement: { pilotGroup: pilots.id } };
const workloads: readonly [string | null, boolean, boolean][] = [
  // the directory's word, in the pilot group, ours
  ['configurationManager', true, false],
  ['ConfigMgr', true, false],
  ['pilot', true, true],
  ['Pilot Intune', true, true],
  ['pilot', false, false],
  ['intune', false, true],
  [null, false, true],
];

for (const [coManagementWorkload, within, ours] of workloads)
  for (const platform of ['windows10', 'windows81'] as const)
    test(`${platform} with workload ${coManagementWorkload}, ${within ? 'in' : 'not in'} the pilot group: ${ours ? 'ours' : 'not ours'}`, () => {
      const outside = on(owned, { platform, coManagementWorkload });
      const reach = within ? { ...outside, deviceGroups: new Set([pilots.id]) } : outside;
      const expected = ours ? [true, 'included'] : [false, 'other-manager', 'included'];
      assert.deepEqual(decide(platform, reach, [include(everything)], piloting), expected);
    });

test('a Mac has no such workload', () => {
  const mac = on(owned, { platform: 'macos', coManagementWorkload: 'configurationManager' });
  assert.deepEqual(decide('macos', mac, [include(everything)], piloting), [true, 'included']);
});

const range = { minimum: '10.0.16299.0', maximum: '10.0.17134.319' } as const;
const ruled: readonly [string, ApplicabilityRules, Partial<Device>, boolean][] = [
  ['the least version', { osVersion: { rule: 'assignIf', ...range } }, { osVersion: '10.0.16299.0' }, true],
  ['below it', { osVersion: { rule: 'assignIf', ...range } }, { osVersion: '10.0.16298.9999' }, false],
  ['the greatest version', { osVersion: { rule: 'assignIf', ...range } }, { osVersion: '10.0.17134.319' }, true],
  [
    'above it, number by number',
    { osVersion: { rule: 'assignIf', ...range } },
    { osVersion: '10.0.17134.1000' },
    false,
  ],
  ['a version that is not known', { osVersion: { rule: 'assignIf', ...range } }, { osVersion: null }, false],
  ['one that no version is in', { osVersion: { rule: 'assignIf', ...range } }, { osVersion: 'Windows' }, false],
  ['not in the range', { osVersion: { rule: 'dontAssignIf', ...range } }, { osVersion: '10.0.16299.1' }, false],
  ['outside of it', { osVersion: { rule: 'dontAssignIf', ...range } }, { osVersion: '10.0.19045.1' }, true],
  ['not in the range, and not known', { osVersion: { rule: 'dontAssignIf', ...range } }, { osVersion: null }, false],
  [
    'reported by the device alone',
    { osVersion: { rule: 'assignIf', ...range } },
    { osVersion: null, reported: { osVersion: '10.0.17000.1' } },
    true,
  ],
  [
    'an edition of the list',
    { osEdition: { rule: 'assignIf', editions: ['windows10Home'] } },
    { osEdition: 'Core' },
    true,
  ],
  [
    'another edition',
    { osEdition: { rule: 'assignIf', editions: ['windows10Home'] } },
    { osEdition: 'Professional' },
    false,
  ],
  [
    'an edition left out',
    { osEdition: { rule: 'dontAssignIf', editions: ['windows10Home'] } },
    { osEdition: 'Core' },
    false,
  ],
  [
    'another than those left out',
    { osEdition: { rule: 'dontAssignIf', editions: ['windows10Home'] } },
    { osEdition: 'ServerStandard' },
    true,
  ],
  [
    'an edition that is not known',
    { osEdition: { rule: 'dontAssignIf', editions: ['windows10Home'] } },
    { osEdition: null },
    false,
  ],
  [
    'one rule of two',
    { osEdition: { rule: 'assignIf', editions: ['windows10Home'] }, osVersion: { rule: 'assignIf', ...range } },
    { osEdition: 'Core', osVersion: '10.0.19045.1' },
    false,
  ],
  [
    'both rules',
    { osEdition: { rule: 'assignIf', editions: ['windows10Home'] }, osVersion: { rule: 'assignIf', ...range } },
    { osEdition: 'Core', osVersion: '10.0.17000.1' },
    true,
  ],
];

for (const [name, applicabilityRules, facts, applies] of ruled)
  test(`applicability rules: ${name}: ${applies ? 'applies' : 'not applicable'}`, () => {
    const reach = on(owned, { platform: 'windows10', ...facts });
    const settings = { applicabilityRules } as Partial<ScepSettings>;
    const expected = applies ? [true, 'included'] : [false, 'rule-not-met', 'included'];
    assert.deepEqual(decide('windows10', reach, [include(everything)], circumstances, settings), expected);
  });

test('corporate profiles never reach personal devices and the other way round', () => {
  const personal = on(owned, { platform: 'androidEnterprisePersonal', management: 'personalWorkProfile' });
  assert.deepEqual(decide('androidEnterpriseCorporate', personal, [include(everything)])[0], false);
  const corporate = on(owned, { platform: 'androidEnterpriseCorporate', management: 'dedicated' });
  assert.deepEqual(decide('androidEnterprisePersonal', corporate, [include(everything)])[0], false);
});

test('a decision does not depend on the order of assignments, and an exclusion never adds anybody', () => {
  const targets: AssignmentTarget[] = [
    everybody,
    everything,
    group(staff),
    group(laptops),
    group(other),
    { kind: 'user', userId: user.id },
    { kind: 'device', deviceId: device.id },
  ];
  const assignment = fc.record({
    mode: fc.constantFrom('include', 'exclude'),
    target: fc.constantFrom(...targets),
  });
  const reaches = fc.constantFrom(owned, nobodys, on(owned, { registeredAt: null }));
  fc.assert(
    fc.property(fc.array(assignment, { maxLength: 6 }), reaches, fc.nat(), (given, reach, seed) => {
      const [applies] = decide('linux', reach, given);
      const turned = given.map((_, at) => given[(at + seed) % given.length] ?? everythingIncluded);
      assert.equal(decide('linux', reach, turned)[0], applies);
      const [stricter] = decide('linux', reach, [...given, exclude(group(laptops))]);
      assert.ok(!stricter || applies);
    }),
  );
});

const everythingIncluded = include(everything);
