/** The status and the sentence of every reason: what an administrator reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import type { Platform } from '../directory/platform.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import type { Assignment } from './assignment.ts';
import { type Explanation, type ExplanationStatus, explain, explainWithoutDevice } from './explain.ts';
import type { FilterId } from './filter/filter.ts';
import type { NewAssignment } from './new-assignment.ts';

const user = makeUser({ userPrincipalName: 'ada@example.org' });
const staff = makeGroup({ name: 'Staff', kind: 'user' });
const kiosks = makeGroup({ name: 'Kiosks' });
const pilots = makeGroup({ name: 'Pilot Ring' });
const debian = makeFilter({ name: 'Debian', rule: '(device.osVersion -startsWith "Debian")' });
const unreadable = { ...makeFilter({ name: 'Old' }), tree: null };
const root = { ...makeTrustedProfile(), name: 'Our root' };

const allDevices: NewAssignment = { mode: 'include', target: { kind: 'allDevices' } };
const allUsers: NewAssignment = { mode: 'include', target: { kind: 'allUsers' } };
const toStaff: NewAssignment = { mode: 'include', target: { kind: 'group', groupId: staff.id } };
const toKiosks: NewAssignment = { mode: 'include', target: { kind: 'group', groupId: kiosks.id } };
const filtered = (filterId: FilterId, mode: 'include' | 'exclude') => ({
  ...allDevices,
  filter: { filterId, mode },
});

type Situation = {
  readonly facts?: Partial<Device>;
  readonly given?: readonly NewAssignment[];
  readonly settings?: Partial<ScepSettings>;
  readonly platform?: Platform;
  readonly withoutRoot?: boolean;
  readonly pilotsGone?: boolean;
  readonly withoutUser?: boolean;
};

function explained(situation: Situation): Explanation {
  const { facts = {}, given = [allDevices], settings = {}, platform = 'linux' } = situation;
  const device = makeDevice({ primaryUserId: user.id, ...facts });
  const trusted = { ...makeTrustedProfile(platform), name: root.name };
  const profile = makeScepProfile(trusted, settings);
  const of = (profileId: Assignment['profileId'], all: readonly NewAssignment[]) =>
    all.map(({ mode, target, filter = null }): Assignment => ({ id: makeId(), profileId, mode, target, filter }));
  const [, found] = explain({
    profiles: [trusted, profile],
    assignments: [...of(trusted.id, situation.withoutRoot ? [] : [allDevices]), ...of(profile.id, given)],
    circumstances: {
      filters: new Map([debian, unreadable].map((filter) => [filter.id, filter])),
      coManagement: { pilotGroup: pilots.id },
    },
    nesting: {
      groups: situation.pilotsGone ? [staff, kiosks] : [staff, kiosks, pilots],
      parents: new Map(),
      direct: { device: [kiosks.id], user: [staff.id] },
    },
    reach: {
      device,
      user: situation.withoutUser ? null : user,
      deviceGroups: new Set([kiosks.id]),
      userGroups: new Set(situation.withoutUser ? [] : [staff.id]),
    },
  });
  assert.ok(found);
  return found;
}

const rules = (applicabilityRules: object) => ({ applicabilityRules }) as Partial<ScepSettings>;
const home = rules({ osEdition: { rule: 'assignIf', editions: ['windows10Home'] } });
const old = rules({ osVersion: { rule: 'dontAssignIf', minimum: '10.0.0.0', maximum: '10.0.19045.9999' } });
const gone = makeId<FilterId>();

const rows: readonly [string, Situation, ExplanationStatus, string][] = [
  ['all devices', {}, 'applies', 'Included: all devices.'],
  ['all users', { given: [allUsers] }, 'applies', 'Included: all users, and its user ada@example.org is one.'],
  ['a group of users', { given: [toStaff] }, 'applies', 'Included: the group “Staff” holds its user ada@example.org.'],
  ['a group of devices', { given: [toKiosks] }, 'applies', 'Included: the group “Kiosks” holds the device.'],
  [
    'the user by name',
    { given: [{ mode: 'include', target: { kind: 'user', userId: user.id } }] },
    'applies',
    'Included: its user ada@example.org by name.',
  ],
  [
    'not assigned',
    { given: [] },
    'not-assigned',
    'No assignment names this device, its user, or a group that holds one of them.',
  ],
  [
    'excluded',
    { given: [allDevices, { ...toStaff, mode: 'exclude' }] },
    'excluded',
    'Excluded: the group “Staff” holds its user ada@example.org. An exclusion wins over every inclusion.',
  ],
  [
    'not registered',
    { facts: { registeredAt: null }, given: [toKiosks] },
    'pending',
    'Waits for the first complete inventory of the device, because it is included as a device: the group “Kiosks” holds the device. The agent sends one; registeredAt in the API or in devices.csv stands for it; a group of users, or the device by name, needs none.',
  ],
  [
    'filtered by inclusion',
    { given: [filtered(debian.id, 'include')] },
    'not-applicable',
    'Reached (all devices), but left out by the filter “Debian” (include): (device.osVersion -startsWith "Debian"), which does not hold for this device.',
  ],
  [
    'filtered by exclusion',
    { facts: { osVersion: 'Debian 12' }, given: [filtered(debian.id, 'exclude')] },
    'not-applicable',
    'Reached (all devices), but left out by the filter “Debian” (exclude): (device.osVersion -startsWith "Debian"), which holds for this device.',
  ],
  [
    'a filter that cannot be read',
    { given: [filtered(unreadable.id, 'include')] },
    'not-applicable',
    'Reached (all devices), but left out by the filter “Old”, whose rule cannot be read. Mend the rule.',
  ],
  [
    'a filter that is gone',
    { given: [filtered(gone, 'exclude')] },
    'not-applicable',
    `Reached (all devices), but left out by the filter ${gone}, which is gone. Take it out of the assignment.`,
  ],
  [
    'another platform',
    { facts: { platform: 'ios' } },
    'not-applicable',
    'The profile is for linux, the device is ios.',
  ],
  [
    'another kind of management',
    {
      platform: 'androidEnterpriseCorporate',
      facts: { platform: 'androidEnterpriseCorporate', management: 'personalWorkProfile' },
    },
    'not-applicable',
    'The profile is for devices managed as fullyManaged or dedicated or corporateWorkProfile; this one is managed as personalWorkProfile.',
  ],
  [
    'a kind of management that is not known',
    { platform: 'androidEnterpriseCorporate', facts: { platform: 'androidEnterpriseCorporate' } },
    'not-applicable',
    'The profile is for devices managed as fullyManaged or dedicated or corporateWorkProfile; how this one is managed is not known: say so in the directory.',
  ],
  [
    'another manager',
    { platform: 'windows10', facts: { platform: 'windows10', coManagementWorkload: 'configurationManager' } },
    'not-applicable',
    'Another manager is in charge of certificates on this device: its co-management workload is “configurationManager”. Move the workload to this server, or to pilot.',
  ],
  [
    'a pilot outside of the pilot group',
    { platform: 'windows10', facts: { platform: 'windows10', coManagementWorkload: 'pilot' } },
    'not-applicable',
    'Another manager is in charge of certificates on this device: its co-management workload is “pilot”, and it is not in the pilot group “Pilot Ring”. Add it to that group, or move the workload.',
  ],
  [
    'a pilot whose pilot group is gone',
    {
      platform: 'windows10',
      facts: { platform: 'windows10', coManagementWorkload: 'pilot' },
      pilotsGone: true,
    },
    'not-applicable',
    `Another manager is in charge of certificates on this device: its co-management workload is “pilot”, and the pilot group was ${pilots.id}, which is gone. Choose another pilot group, or move the workload.`,
  ],
  ['retired', { facts: { retiredAt: 1 } }, 'not-applicable', 'The device is retired, and gets nothing any more.'],
  [
    'wiped',
    { facts: { retiredAt: 1, retiredBy: 'wipe' } },
    'not-applicable',
    'The device was wiped, and gets nothing any more.',
  ],
  [
    'another edition',
    { platform: 'windows10', facts: { platform: 'windows10', osEdition: 'Professional' }, settings: home },
    'not-applicable',
    'The profile is assigned only if the OS edition is one of windows10Home; here it is Professional (windows10Professional).',
  ],
  [
    'an edition that rules have no word for',
    { platform: 'windows10', facts: { platform: 'windows10', osEdition: 'ServerStandard' }, settings: home },
    'not-applicable',
    'The profile is assigned only if the OS edition is one of windows10Home; here it is ServerStandard, which is no edition that rules know.',
  ],
  [
    'an edition that is not known',
    { platform: 'windows10', facts: { platform: 'windows10' }, settings: home },
    'not-applicable',
    'The profile is assigned only if the OS edition is one of windows10Home; here it is not known, and what is not known meets no rule. Say it in the directory, or let the device report it.',
  ],
  [
    'a version left out',
    { platform: 'windows10', facts: { platform: 'windows10', osVersion: '10.0.19045.1' }, settings: old },
    'not-applicable',
    'The profile is not assigned if the OS version is from 10.0.0.0 to 10.0.19045.9999; here it is 10.0.19045.1.',
  ],
  [
    'the root does not come along',
    { withoutRoot: true },
    'pending',
    'Waits for its trusted certificate profile “Our root”, which does not reach this device. Assign both to the same groups.',
  ],
  [
    'the root waits for the inventory, the profile does not, whoever else includes it',
    { facts: { registeredAt: null }, given: [toKiosks, toStaff] },
    'pending',
    'Waits for its trusted certificate profile “Our root”, which waits for the first complete inventory of the device. Assign it to the same users to be quicker.',
  ],
  [
    'a fact is missing',
    { settings: { subjectNameFormat: 'CN={{SerialNumber}}' } },
    'error',
    '{{SerialNumber}} has no value here: the directory has none for it.',
  ],
  [
    'a user is missing',
    { settings: { certificateType: 'user', subjectNameFormat: 'CN={{UserPrincipalName}}' }, withoutUser: true },
    'error',
    '{{UserPrincipalName}} has no value here: the device has no user.',
  ],
];

for (const [name, situation, status, sentence] of rows)
  test(`${name}: ${status}`, () => {
    const found = explained(situation);
    assert.deepEqual([found.status, found.sentence], [status, sentence]);
    assert.equal(found.applies, ['applies', 'error'].includes(status) || found.rootNotAssigned);
  });

test('a name that is too long is told in the words of the deployment', () => {
  const found = explained({ settings: { subjectNameFormat: `CN=${'x'.repeat(65)}` } });
  assert.equal(found.status, 'error');
  assert.ok(found.reasons.some((reason) => reason.code === 'cannot-be-filled-in' && reason.detail === found.sentence));
});

test('a profile that this release cannot read is told, and holds up nothing', () => {
  const found = explained({ settings: { subjectNameFormat: 'CN=a\\,b' } });
  assert.equal(found.status, 'error');
  assert.match(found.sentence, /\S/);
});

test('every reason has a text, also those that do not decide', () => {
  const given = [allDevices, { ...toStaff, mode: 'exclude' as const }, filtered(debian.id, 'include')];
  const { reasons } = explained({ facts: { registeredAt: null, retiredAt: 1 }, given });
  assert.deepEqual(
    reasons.map(({ code }) => code),
    ['retired', 'not-registered', 'excluded', 'filtered'],
  );
  for (const { text } of reasons) assert.match(text, /\.$/);
});

test('a user without a device: what would be, and why not', () => {
  const trusted = makeTrustedProfile('windows10');
  const ruled = makeScepProfile(trusted, home);
  const given = (...all: readonly NewAssignment[]) => of(trusted, all);
  const of = (profile: Profile, all: readonly NewAssignment[]) => {
    const [found] = explainWithoutDevice({
      profiles: [profile],
      assignments: all.map(({ mode, target, filter = null }) => ({
        id: makeId(),
        profileId: profile.id,
        mode,
        target,
        filter,
      })),
      circumstances: { filters: new Map(), coManagement: { pilotGroup: null } },
      nesting: { groups: [staff], parents: new Map(), direct: { device: [], user: [staff.id] } },
      reach: { user, userGroups: new Set([staff.id]) },
    });
    return found;
  };
  assert.equal(given(toStaff)?.status, 'no-device');
  assert.equal(
    given(toStaff)?.sentence,
    'Included: the group “Staff” holds the user ada@example.org. The user has no device; one for windows10 would get it.',
  );
  assert.equal(given(toStaff, { ...allUsers, mode: 'exclude' })?.status, 'excluded');
  assert.equal(
    given(allDevices)?.sentence,
    'Included: all devices. The user has no device; one for windows10 would get it.',
  );
  assert.equal(given(toStaff, { ...allDevices, mode: 'exclude' })?.status, 'excluded');
  assert.match(
    given(filtered(debian.id, 'include'))?.sentence ?? '',
    /, if the filter of the assignment lets it through\.$/,
  );
  assert.match(given(toStaff, filtered(debian.id, 'include'))?.sentence ?? '', / would get it\.$/);
  assert.match(of(ruled, [toStaff])?.sentence ?? '', /, if it meets the applicability rules\.$/);
  assert.deepEqual(
    [given(toKiosks)?.status, given(toKiosks)?.sentence],
    ['not-assigned', 'No assignment names this user, a group that holds the user, or everybody.'],
  );
});
