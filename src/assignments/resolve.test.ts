import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  makeDevice,
  makeGroup,
  makeId,
  makeScepProfile,
  makeTrustedProfile,
  makeUser,
} from '../../test/support/make-facts.ts';
import type { Device } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { Platform } from '../directory/platform.ts';
import type { Assignment, AssignmentTarget } from './assignment.ts';
import { type Reach, resolve } from './resolve.ts';

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
const everybody = { kind: 'allUsers' } as const;
const everything = { kind: 'allDevices' } as const;

function decide(platform: Platform, reach: Reach, given: readonly Pick<Assignment, 'mode' | 'target'>[]) {
  const profile = makeScepProfile(makeTrustedProfile(platform));
  const assignments = given.map((one): Assignment => ({ id: makeId(), profileId: profile.id, ...one }));
  const { applies, reasons } = resolve(profile, assignments, reach);
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
