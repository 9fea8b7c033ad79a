import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type GraphJson,
  rootIdOf,
  scepExample,
  stems,
  trustedExample,
  windowsUserExample,
} from '../../../test/support/graph-examples.ts';
import { known, offline, onServer, settingsOf, told, windows } from '../../../test/support/graph-import.ts';
import { parseProfile } from '../parse-profile.ts';
import { notCarriedOver } from './graph-import.ts';
import { findingsInGraph } from './graph-path.ts';
import { importGraph } from './import-graph.ts';

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
