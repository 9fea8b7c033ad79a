import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  boundTo,
  type GraphJson,
  rootIdOf,
  scepExample,
  stems,
  trustedExample,
  windowsUserExample,
} from '../../../test/support/graph-examples.ts';
import { parseProfile } from '../parse-profile.ts';
import type { ProfileId, ProfileSlug } from '../profile-id.ts';
import { type GraphImportOptions, notCarriedOver } from './graph-import.ts';
import { findingsInGraph } from './graph-path.ts';
import { importGraph } from './import-graph.ts';

const offline: GraphImportOptions = { windows81: false, roots: [], known: null };

function known(
  slug: string,
  platform: 'windows10' | 'ios',
  name = slug,
  kind: 'scep' | 'trustedCertificate' = 'trustedCertificate',
) {
  const id = `id-${slug}` as ProfileId;
  return { id, slug: slug as ProfileSlug, name, kind, settings: { platform } };
}

const onServer: GraphImportOptions = {
  ...offline,
  known: [known('win-root', 'windows10', 'Win - Root'), known('ios-root', 'ios')],
};
/** A Windows profile whose root is on the server. */
const windows = (changes: GraphJson = {}) =>
  scepExample('windows81', { 'rootCertificate@odata.bind': boundTo('id-win-root'), ...changes });

function settingsOf(input: unknown, options = onServer) {
  const { profiles, findings } = importGraph(input, options);
  const profile = profiles.find(({ kind }) => kind === 'scep');
  const settings = profile?.document.settings as GraphJson | undefined;
  return { settings: settings ?? {}, document: profile?.document ?? {}, findings };
}

const told = ({ findings }: { findings: readonly { severity: string; rule: string; path: string }[] }) =>
  findings
    .filter(({ severity }) => severity !== 'information')
    .map(({ severity, rule, path }) => `${severity} ${rule} ${path}`);

describe('every type', () => {
  for (const stem of [...stems, 'androidForWork'] as const)
    test(`${stem} becomes a profile of its platform, with its root`, () => {
      const type = stem === 'androidForWork' ? 'androidWorkProfile' : stem;
      const scep = {
        ...scepExample(type),
        ...(stem !== type && { '@odata.type': '#microsoft.graph.androidForWorkScepCertificateProfile' }),
      };
      const { profiles, findings } = importGraph([scep, trustedExample(type, 'MII=')], offline);
      assert.deepEqual(
        findings.filter(({ severity }) => severity === 'error'),
        [],
      );
      assert.deepEqual(
        profiles.map(({ kind, path }) => [kind, path]),
        [
          ['trustedCertificate', '1'],
          ['scep', '0'],
        ],
      );
      const [root, profile] = profiles;
      assert.equal((profile?.document.settings as GraphJson | undefined)?.rootCertificate, root?.slug);
      assert.equal(root?.platform, profile?.platform);
    });

  test('Windows profiles are for Windows 10 and later unless asked otherwise, and either is said', () => {
    for (const [windows81, platform] of [
      [false, 'windows10'],
      [true, 'windows81'],
    ] as const) {
      const { profiles, findings } = importGraph(trustedExample('windows81', 'MII='), { ...offline, windows81 });
      assert.equal(profiles[0]?.platform, platform);
      assert.ok(findings.some(({ rule, path }) => rule === 'converted' && path === '@odata.type'));
    }
  });

  test('what is no profile of ours is listed as what it is, and the rest is carried over', () => {
    const other = (type: string) => ({ '@odata.type': `#microsoft.graph.${type}`, displayName: 'X' });
    const result = importGraph(
      {
        value: [
          other('windows10PkcsCertificateProfile'),
          other('iosImportedPFXCertificateProfile'),
          other('windowsPhone81SCEPCertificateProfile'),
          other('deviceCompliancePolicy'),
          windows(),
        ],
      },
      onServer,
    );
    const details = notCarriedOver(result.findings).map(({ path, detail }) => `${path} ${detail}`);
    assert.match(details[0] ?? '', /^value\.0 “X” is a PKCS certificate profile/);
    assert.match(details[1] ?? '', /^value\.1 .*imported PFX/);
    assert.match(details[2] ?? '', /^value\.2 .*Windows Phone 8\.1/);
    assert.match(details[3] ?? '', /^value\.3 .*compliance policy/);
    assert.deepEqual(
      result.profiles.map(({ path }) => path),
      ['value.4'],
    );
  });

  test('items of a list that do not say their type have that of its context', () => {
    const { '@odata.type': _, ...item } = trustedExample('ios', 'MII=');
    const context =
      'https://graph.microsoft.com/beta/$metadata#deviceManagement/deviceConfigurations/microsoft.graph.iosTrustedRootCertificate';
    assert.equal(importGraph({ '@odata.context': context, value: [item] }, offline).profiles[0]?.platform, 'ios');
    assert.deepEqual(told(importGraph({ value: [item] }, offline)), ['error graph-type value.0.@odata.type']);
  });
});

describe('enumerations', () => {
  for (const [name, changes, setting, expected] of [
    ['words in any case', { keySize: 'SIZE4096' }, 'keySize', 4096],
    ['a number', { keySize: 2 }, 'keySize', 4096],
    ['a number as text', { certificateStore: '1' }, 'certificateType', 'user'],
    [
      'flags with commas and spaces',
      { keyUsage: 'digitalSignature, KeyEncipherment' },
      'keyUsage',
      ['keyEncipherment', 'digitalSignature'],
    ],
    ['flags as a list', { keyUsage: ['digitalSignature'] }, 'keyUsage', ['digitalSignature']],
    ['flags as a sum', { hashAlgorithm: 3 }, 'hashAlgorithm', ['sha1', 'sha2']],
    [
      'a key storage provider',
      { keyStorageProvider: 'usePassportForWorkKspOtherwiseFail' },
      'keyStorageProvider',
      'passportOtherwiseFail',
    ],
    ['a scale', { certificateValidityPeriodScale: 1 }, 'certificateValidityPeriod', { value: 1, unit: 'months' }],
    [
      'no period at all',
      { certificateValidityPeriodValue: null, certificateValidityPeriodScale: null },
      'certificateValidityPeriod',
      null,
    ],
  ] as const)
    test(`${name}`, () => {
      const { settings, findings } = settingsOf(windows(changes));
      assert.deepEqual(settings[setting], expected);
      assert.deepEqual(told({ findings }), []);
    });

  for (const [name, changes, expected] of [
    ['an unknown word', { keySize: 'size8192' }, 'error unknown-value keySize'],
    ['an unknown flag', { hashAlgorithm: 'sha2,md5' }, 'error unknown-value hashAlgorithm'],
    ['an unknown bit', { keyUsage: 7 }, 'error unknown-value keyUsage'],
    ['an object where a word belongs', { keySize: {} }, 'error unknown-value keySize'],
    ['both stores', { certificateStore: 'user,machine' }, 'error unknown-value certificateStore'],
    ['a period without a scale', { certificateValidityPeriodScale: null }, 'error V11 certificateValidityPeriodScale'],
    ['rows that are text', { customSubjectAlternativeNames: 'x' }, 'error wrong-type customSubjectAlternativeNames'],
    [
      'a row that is text',
      { customSubjectAlternativeNames: ['x'] },
      'error wrong-type customSubjectAlternativeNames.0',
    ],
    [
      'a row of no type',
      { customSubjectAlternativeNames: [{ sanType: 'none', name: 'x' }] },
      'error unknown-value customSubjectAlternativeNames.0.sanType',
    ],
  ] as const)
    test(`${name} is refused where it stands`, () => assert.deepEqual(told(settingsOf(windows(changes))), [expected]));

  test('Apple numbers the formats of subjects in its own way', () => {
    const ios = (subjectNameFormat: unknown) =>
      settingsOf(
        scepExample('ios', {
          subjectNameFormat,
          subjectNameFormatString: null,
          'rootCertificate@odata.bind': boundTo('id-ios-root'),
        }),
      ).settings;
    assert.equal(ios(3).subjectNameFormat, 'CN={{UserName}},E={{EmailAddress}}');
    assert.equal(ios(1).subjectNameFormat, 'CN={{EmailAddress}}');
    assert.equal(
      settingsOf(windows({ subjectNameFormat: 1, subjectNameFormatString: null })).settings.subjectNameFormat,
      'CN={{UserName}},E={{EmailAddress}}',
    );
  });

  test('every format of old becomes its text, but for the one that no variable stands for', () => {
    for (const [word, text] of [
      ['commonName', 'CN={{UserName}}'],
      ['commonNameAsIMEI', 'CN={{IMEI}}'],
      ['commonNameAsSerialNumber', 'CN={{SerialNumber}}'],
      ['commonNameAsAadDeviceId', 'CN={{AAD_Device_ID}}'],
      ['commonNameAsIntuneDeviceId', 'CN={{DeviceId}}'],
    ])
      assert.equal(
        settingsOf(windows({ subjectNameFormat: word, subjectNameFormatString: null })).settings.subjectNameFormat,
        text,
      );
    const durable = settingsOf(
      windows({ subjectNameFormat: 'commonNameAsDurableDeviceId', subjectNameFormatString: null }),
    );
    assert.deepEqual(told(durable), ['error unknown-value subjectNameFormat']);
  });

  test('types of alternative names without a row become rows, where their value is known', () => {
    const both = settingsOf(
      windows({ subjectAlternativeNameType: 'emailAddress,domainNameService,userPrincipalName' }),
    );
    assert.deepEqual(both.settings.subjectAlternativeNames, [
      { type: 'dns', value: '{{AzureADDeviceId}}.example.org' },
      { type: 'email', value: '{{EmailAddress}}' },
      { type: 'upn', value: '{{UserPrincipalName}}' },
    ]);
    const unclear = settingsOf(
      windows({ subjectAlternativeNameType: 20, subjectAlternativeNameFormatString: '{{Department}}' }),
    );
    assert.deepEqual(told(unclear), [
      'warning not-carried-over subjectAlternativeNameType',
      'warning not-carried-over subjectAlternativeNameType',
      'warning not-carried-over subjectAlternativeNameFormatString',
    ]);
  });
});

describe('what cannot be carried over', () => {
  test('unknown properties are named, at any depth', () => {
    const result = settingsOf(
      windows({
        colour: 'red',
        shape: null,
        customSubjectAlternativeNames: [{ sanType: 8, name: 'a', note: 1, '@odata.type': 'x' }],
      }),
    );
    assert.deepEqual(told(result), [
      'warning not-carried-over customSubjectAlternativeNames.0.note',
      'warning not-carried-over colour',
    ]);
    assert.ok(result.findings.some(({ path, severity }) => path === 'shape' && severity === 'information'));
  });

  test('what is read-only is known, and said once', () => {
    const lists = {
      managedDeviceCertificateStates: [{}],
      deviceStatuses: [],
      'assignments@odata.context': 'x',
      '#microsoft.graph.assign': {},
    };
    const { findings } = settingsOf(windows(lists));
    const quiet = notCarriedOver(findings).map(
      ({ severity, path, detail }) => `${severity} ${path} ${detail.slice(0, 50)}`,
    );
    assert.deepEqual(quiet, [
      'information  id, version, createdDateTime, lastModifiedDateTime',
      'information managedDeviceCertificateStates What the other server did, and the certificates it',
    ]);
  });

  test('properties of other types, scope tags, rules, one page of many', () => {
    const rule = { name: 'x', ruleType: 'include', deviceMode: 'sModeConfiguration' };
    const profile = windows({
      deploymentChannel: 'userChannel',
      roleScopeTagIds: ['0', '7'],
      deviceManagementApplicabilityRuleDeviceMode: rule,
      assignments: [{ target: { '@odata.type': '#microsoft.graph.allDevicesAssignmentTarget' } }],
    });
    const result = settingsOf({ value: [profile], '@odata.nextLink': 'https://…' });
    assert.deepEqual(told(result), [
      'warning not-carried-over @odata.nextLink',
      'warning not-carried-over value.0.deviceManagementApplicabilityRuleDeviceMode',
      'warning not-carried-over value.0.roleScopeTagIds',
      'warning not-carried-over value.0.assignments',
      'warning not-carried-over value.0.deploymentChannel',
    ]);
    assert.equal(result.document.assignments, undefined, 'without its rule it would reach more than it did');
  });
});

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

describe('the root', () => {
  test('is found by id, by name, by mapping, by platform, and made when it is inside', () => {
    const bare = { ...windows() } as Record<string, unknown>;
    delete bare['rootCertificate@odata.bind'];
    const root = (changes: GraphJson, roots: GraphImportOptions['roots'] = []) =>
      settingsOf({ ...bare, ...changes }, { ...onServer, roots }).settings.rootCertificate;
    const elsewhere = { 'rootCertificate@odata.bind': boundTo('ELSEWHERE') };
    assert.equal(root({ 'rootCertificate@odata.bind': boundTo('id-win-root') }), 'win-root');
    assert.equal(root({ 'rootCertificate@odata.bind': 'deviceConfigurations/id-win-root' }), 'win-root');
    assert.equal(root({ rootCertificate: { id: 'other', displayName: 'win - root' } }), 'win-root');
    assert.equal(root(elsewhere, [{ graphId: 'elsewhere', slug: 'win-root' }]), 'win-root');
    assert.equal(
      root({}, [
        { graphId: null, slug: 'ios-root' },
        { graphId: null, slug: 'win-root' },
      ]),
      'win-root',
    );
    const inside = importGraph({ ...bare, rootCertificate: trustedExample('windows81', 'MII=') }, offline);
    assert.deepEqual(
      inside.profiles.map(({ path, kind }) => `${path} ${kind}`),
      ['rootCertificate trustedCertificate', ' scep'],
    );
    assert.deepEqual(told(inside), []);
  });

  test('that two profiles carry inside becomes one profile', () => {
    const inside = { rootCertificate: trustedExample('ios', 'MII=') };
    const { profiles } = importGraph(
      [scepExample('ios', inside), scepExample('ios', { ...inside, id: 'b', displayName: 'B' })],
      offline,
    );
    assert.deepEqual(
      profiles.map(({ path }) => path),
      ['0.rootCertificate', '0', '1'],
    );
  });

  test('that nothing answers is an error that says what to do', () => {
    const missing = (changes: GraphJson) => {
      const { findings } = importGraph(windows(changes), onServer);
      const [first] = findings.filter(({ severity }) => severity === 'error');
      return `${first?.path}: ${first?.fix}`;
    };
    const bind = 'rootCertificate@odata.bind';
    assert.match(missing({ [bind]: boundTo('nobody') }), /^rootCertificate@odata\.bind: .*--root nobody=<slug>/);
    assert.match(missing({ [bind]: null }), /^rootCertificate: .*\$expand=rootCertificate/);
    assert.match(missing({ [bind]: 'nonsense' }), /^rootCertificate@odata\.bind: .*--root <slug>/);
    assert.match(missing({ [bind]: null, rootCertificate: { id: 'nobody' } }), /^rootCertificate\.id: /);
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

describe('bad input', () => {
  for (const [name, input, expected] of [
    ['an error of Graph', { error: { code: 'Forbidden', message: 'no' } }, 'error graph-object error'],
    ['text', 'x', 'error graph-object '],
    ['null', null, 'error graph-object '],
    ['a list of nothing', { value: [] }, 'error graph-object '],
    ['a value that is no list', { value: {} }, 'error graph-object value'],
    ['10,000 objects', { value: Array(10_000).fill({}) }, 'error graph-object '],
    [
      'an object of another kind',
      { '@odata.type': '#microsoft.graph.deviceCompliancePolicy' },
      'warning not-carried-over ,error graph-object ',
    ],
    ['an object without a type', { displayName: 'x' }, 'error graph-type @odata.type'],
    ['a type that is a number', [{ '@odata.type': 5 }], 'error graph-type 0.@odata.type'],
    ['text within a list', ['x'], 'error graph-object 0'],
    ['lists within lists', [[[]]], 'error graph-object 0.0'],
    ['an answer within an answer', [{ value: [{ value: [] }] }], 'error graph-object 0.value.0.value'],
  ] as const)
    test(`${name} is refused`, () => assert.equal(told(importGraph(input, onServer)).join(), expected));

  test('answers of several calls are read as one', () => {
    const [root, scep] = [trustedExample('ios', 'MII='), scepExample('ios')];
    const paths = (input: unknown) => importGraph(input, offline).profiles.map(({ path }) => path);
    assert.deepEqual(paths([{ value: [scep] }, [root]]), ['1.0', '0.value.0']);
  });

  test('the same object twice is one', () => {
    const result = importGraph(
      [windows(), { value: [windows()] }, windows({ id: 'other', displayName: 'B' })],
      onServer,
    );
    assert.deepEqual(
      result.profiles.map(({ slug }) => slug),
      ['windows81-scep', 'b'],
    );
    assert.deepEqual(told(result), ['warning not-carried-over 1.value.0']);
    assert.deepEqual(told(importGraph([windows(), windows({ keySize: 'size4096' })], onServer)), [
      'error profile-twice 1',
    ]);
    assert.equal(importGraph([windows(), windows({ displayName: 'Copy' })], onServer).profiles.length, 2);
  });

  test('an error of Graph is quoted', () => {
    const [finding] = importGraph({ error: { code: 'Forbidden', message: 'no rights' } }, offline).findings;
    assert.match(finding?.detail ?? '', /Forbidden: no rights/);
  });

  test('wrong types and rules of ours are found at the place in the JSON', () => {
    const bad = windows({
      displayName: 7,
      renewalThresholdPercentage: 'twenty',
      subjectNameFormatString: 12,
      scepServerUrls: [1],
      customSubjectAlternativeNames: Array(10_000).fill({ sanType: 'emailAddress', name: 'a@b' }),
      extendedKeyUsages: [{ name: 'x', objectIdentifier: 'nonsense' }],
      silentCertificateAccessDetails: [],
    });
    const { profiles, findings } = importGraph({ value: [bad] }, onServer);
    const [profile] = profiles;
    assert.ok(profile);
    const judged = parseProfile(profile.document, { now: 0, findTrustedProfile: () => null }).findings;
    const paths = findingsInGraph(profile, judged, findings).map(({ path }) => path);
    assert.deepEqual(paths.sort(), [
      'value.0.customSubjectAlternativeNames',
      'value.0.displayName',
      'value.0.extendedKeyUsages.0.objectIdentifier',
      'value.0.renewalThresholdPercentage',
      'value.0.rootCertificate',
      'value.0.scepServerUrls.0',
      'value.0.subjectNameFormatString',
    ]);
  });

  test('several stored profiles of that name are named, not guessed between', () => {
    const twice = {
      ...onServer,
      known: [
        ...(onServer.known ?? []),
        known('a', 'windows10', 'windows81 SCEP', 'scep'),
        known('b', 'windows10', 'windows81 SCEP', 'scep'),
      ],
    };
    assert.deepEqual(told(importGraph(windows(), twice)), ['error ambiguous-name displayName']);
  });
});

test('whatever stands where, it is answered with findings and documents, never with an exception', () => {
  const names = [
    ...new Set(stems.flatMap((stem) => Object.keys({ ...scepExample(stem), ...trustedExample(stem, 'MII=') }))),
  ];
  const extra = ['assignments', 'groupAssignments', 'rootCertificate', 'value', 'error', '__proto__', 'constructor'];
  fc.assert(
    fc.property(
      fc.constantFrom(...stems),
      fc.dictionary(fc.constantFrom(...names, ...extra), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5 }),
      fc.boolean(),
      (stem, changes, wrapped) => {
        const graph = [{ ...scepExample(stem), ...changes }, trustedExample(stem, 'MII=')];
        const { profiles, findings } = importGraph(wrapped ? { value: graph } : graph, {
          ...onServer,
          findGroup: () => null,
        });
        for (const profile of profiles) {
          const judged = parseProfile(profile.document, { now: 0, findTrustedProfile: () => null });
          findingsInGraph(profile, judged.findings, findings);
        }
      },
    ),
    { numRuns: 400 },
  );
});

test('a profile that is here already keeps its slug, a new one gets its own', () => {
  const here = {
    ...onServer,
    known: [...(onServer.known ?? []), known('wifi', 'windows10', 'windows81 SCEP', 'scep')],
  };
  assert.equal(settingsOf(windows(), here).document.slug, 'wifi');
  const taken = { ...onServer, known: [...(onServer.known ?? []), known('windows81-scep', 'ios', 'Other', 'scep')] };
  assert.equal(settingsOf(windows(), taken).document.slug, 'windows81-scep-2');
});

test('addresses of this server are left to it, those of others are kept and spoken of', () => {
  const own = { ...onServer, ownScepAddress: 'https://pki.example.org/scep' };
  assert.deepEqual(
    settingsOf(windows({ scepServerUrls: ['https://pki.example.org/scep/old'] }), own).settings.scepServerUrls,
    [],
  );
  const foreign = settingsOf(windowsUserExample, {
    ...own,
    roots: [{ graphId: rootIdOf('windows81'), slug: 'win-root' }],
  });
  assert.deepEqual(foreign.settings.scepServerUrls, windowsUserExample.scepServerUrls);
  assert.ok(foreign.findings.some(({ path }) => path === 'scepServerUrls'));
});
