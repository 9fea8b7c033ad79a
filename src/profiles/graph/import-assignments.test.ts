import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GraphJson } from '../../../test/support/graph-examples.ts';
import { known, onServer, settingsOf, told, windows } from '../../../test/support/graph-import.ts';
import { parseProfile } from '../parse-profile.ts';
import type { GraphImportOptions } from './graph-import.ts';
import { findingsInGraph } from './graph-path.ts';
import { importGraph } from './import-graph.ts';

describe('applicability rules', () => {
  const edition = (more: GraphJson = {}) => ({
    ruleType: 'include',
    osEditionTypes: ['windows10Professional', 0, 'WINDOWS10EDUCATION'],
    ...more,
  });
  const version = (more: GraphJson = {}) => ({
    ruleType: 1,
    minOSVersion: '10.0.19045.0',
    maxOSVersion: '10.0.26200.0',
    ...more,
  });
  const ruled = (osEdition: unknown, osVersion: unknown, options = onServer) =>
    settingsOf(
      windows({
        deviceManagementApplicabilityRuleOsEdition: osEdition,
        deviceManagementApplicabilityRuleOsVersion: osVersion,
      }),
      options,
    );

  test('become those of Windows 10 and later', () => {
    const { settings, findings } = ruled(edition({ name: 'Ent+Pro' }), version());
    assert.deepEqual(settings.applicabilityRules, {
      osEdition: { rule: 'assignIf', editions: ['windows10Enterprise', 'windows10Education', 'windows10Professional'] },
      osVersion: { rule: 'dontAssignIf', minimum: '10.0.19045.0', maximum: '10.0.26200.0' },
    });
    assert.deepEqual(told({ findings }), []);
    assert.ok(findings.some(({ path, rule }) => rule === 'not-carried-over' && path.endsWith('OsEdition.name')));
  });

  test('are left out for Windows 8.1, and said', () => {
    const old = {
      ...onServer,
      windows81: true,
      known: [known('win-root', 'windows10')].map((each) => ({
        ...each,
        settings: { platform: 'windows81' as const },
      })),
    };
    const { settings, findings } = ruled(edition(), null, old);
    assert.equal(settings.applicabilityRules, undefined);
    assert.deepEqual(told({ findings }), ['warning not-carried-over deviceManagementApplicabilityRuleOsEdition']);
  });

  test('that are wrong are found where they stand', () => {
    const at = 'deviceManagementApplicabilityRule';
    assert.deepEqual(told(ruled(edition({ osEditionTypes: ['windows95'] }), version({ ruleType: 7, colour: 'red' }))), [
      `error unknown-value ${at}OsEdition.osEditionTypes.0`,
      `error unknown-value ${at}OsVersion.ruleType`,
      `warning not-carried-over ${at}OsVersion.colour`,
    ]);
    assert.deepEqual(told(ruled('x', { minOSVersion: '1' })), [
      `error wrong-type ${at}OsEdition`,
      `error required ${at}OsVersion.ruleType`,
    ]);
    const { profiles, findings } = importGraph(
      windows({ [`${at}OsVersion`]: version({ minOSVersion: '10.0', maxOSVersion: null }) }),
      onServer,
    );
    const [profile] = profiles;
    assert.ok(profile);
    const judged = parseProfile(profile.document, { now: 0, findTrustedProfile: () => null }).findings;
    assert.deepEqual(
      findingsInGraph(profile, judged, findings)
        .map(({ path }) => path)
        .filter((path) => path.startsWith(at)),
      [`${at}OsVersion.minOSVersion`, `${at}OsVersion.maxOSVersion`],
    );
  });
});

describe('assignments', () => {
  const target = (type: string, more: GraphJson = {}) => ({
    target: { '@odata.type': `#microsoft.graph.${type}AssignmentTarget`, ...more },
  });
  const options: GraphImportOptions = {
    ...onServer,
    findGroup: (id) => (id === 'g1' ? 'Sales' : null),
    findFilter: () => null,
  };
  const lines = (assignments: unknown, changes: GraphJson = {}, more = options) => {
    const { document, findings } = settingsOf(windows({ assignments, ...changes }), more);
    return { lines: document.assignments, told: told({ findings }) };
  };

  test('become lines by the names of groups', () => {
    const given = [
      target('allDevices'),
      target('allLicensedUsers'),
      target('group', {
        groupId: 'G1',
        deviceAndAppManagementAssignmentFilterType: 'none',
        deviceAndAppManagementAssignmentFilterId: null,
      }),
      target('exclusionGroup', { groupId: 'g1' }),
      target('group', { groupId: 'acacacac-9df4-4c7d-9d50-4ef0226f57a9' }),
    ];
    assert.deepEqual(lines(given), {
      lines: [
        { include: 'allDevices' },
        { include: 'allUsers' },
        { include: { group: 'Sales' } },
        { exclude: { group: 'Sales' } },
        { include: 'allUsers' },
      ],
      told: [],
    });
    assert.deepEqual(
      lines(undefined, { groupAssignments: [{ id: 'x', targetGroupId: 'g1', excludeGroup: true }] }).lines,
      [{ exclude: { group: 'Sales' } }],
    );
    assert.deepEqual(lines([]).lines, []);
    assert.equal(lines(undefined).lines, undefined);
  });

  test('to a group that is not here are left out; without an exclusion nothing is assigned', () => {
    const partly = lines([target('group', { groupId: 'g1' }), target('group', { groupId: 'g2' })]);
    assert.deepEqual(partly, {
      lines: [{ include: { group: 'Sales' } }],
      told: ['warning not-carried-over assignments.1.target.groupId'],
    });
    const wider = lines([target('allDevices'), target('exclusionGroup', { groupId: 'g2' })]);
    assert.deepEqual(wider, {
      lines: undefined,
      told: ['warning not-carried-over assignments.1.target.groupId', 'warning not-carried-over assignments'],
    });
  });

  test('a profile that is here already does not lose devices to a group that is not', () => {
    const stored = {
      ...options,
      known: [...(options.known ?? []), known('here', 'windows10', 'windows81 SCEP', 'scep')],
    };
    const partly = lines([target('group', { groupId: 'g1' }), target('group', { groupId: 'g2' })], {}, stored);
    assert.equal(partly.lines, undefined);
  });

  test('keep a filter that is here, and not beside an exclusion', () => {
    const filter = {
      deviceAndAppManagementAssignmentFilterId: 'F1',
      deviceAndAppManagementAssignmentFilterType: 'Include',
    };
    const here = { ...options, findFilter: (id: string) => (id === 'f1' ? 'Pixels' : null) };
    assert.deepEqual(lines([target('allDevices', filter)], {}, here), {
      lines: [{ include: 'allDevices', filter: { include: 'Pixels' } }],
      told: [],
    });
    assert.equal(
      lines([target('allDevices'), target('exclusionGroup', { groupId: 'g1', ...filter })], {}, here).lines,
      undefined,
    );
    assert.equal(
      lines([target('allDevices', { ...filter, deviceAndAppManagementAssignmentFilterId: 5 })], {}, here).told[0],
      'error wrong-type assignments.0.target.deviceAndAppManagementAssignmentFilterId',
    );
  });

  test('with a filter, a collection or another intent are left out and named', () => {
    const filtered = target('allDevices', {
      deviceAndAppManagementAssignmentFilterId: 'f',
      deviceAndAppManagementAssignmentFilterType: 'exclude',
    });
    const collection = target('configurationManagerCollection', { collectionId: 'c' });
    assert.deepEqual(lines([filtered, collection]), {
      lines: [],
      told: [
        'warning not-carried-over assignments.0.target.deviceAndAppManagementAssignmentFilterId',
        'warning not-carried-over assignments.1.target',
      ],
    });
    assert.equal(lines([{ ...target('allDevices'), intent: 'remove' }]).lines, undefined);
    assert.deepEqual(lines([5]).told, ['error wrong-type assignments.0']);
  });
});
