import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openFields } from './document-reader.ts';
import type { Finding } from './finding.ts';
import { takeApplicabilityRules } from './parse-applicability-rules.ts';
import { settingChanges } from './setting-effect.ts';
import { windowsEdition } from './windows-edition.ts';

function read(applicabilityRules: unknown) {
  const findings: Finding[] = [];
  const fields = openFields({ applicabilityRules }, 'settings', findings);
  assert.ok(fields);
  return { ...takeApplicabilityRules(fields), findings: findings.map(({ path, rule }) => `${path} ${rule}`) };
}

const range = { rule: 'assignIf', minimum: '10.0.16299.0', maximum: '10.0.17134.319' };

describe('reads', () => {
  test('none', () => assert.deepEqual(read(undefined), { findings: [] }));
  test('both kinds, editions in any spelling and each once', () => {
    const osEdition = { rule: 'dontAssignIf', editions: ['Education', 'Windows 11 Enterprise', 'windows10Enterprise'] };
    assert.deepEqual(read({ osEdition, osVersion: range }), {
      applicabilityRules: {
        osEdition: { rule: 'dontAssignIf', editions: ['windows10Enterprise', 'windows10Education'] },
        osVersion: range,
      },
      findings: [],
    });
  });
  test('a range of one version', () => {
    const one = { ...range, maximum: range.minimum };
    assert.deepEqual(read({ osVersion: one }).applicabilityRules, { osVersion: one });
  });
});

describe('finds', () => {
  const at = 'settings.applicabilityRules';
  const rows: readonly [string, unknown, string][] = [
    ['no mapping', 'Enterprise', `${at} wrong-type`],
    ['another property', { deviceMode: {} }, `${at}.deviceMode unknown-field`],
    ['two rules of a kind', { osVersion: [range, range] }, `${at}.osVersion wrong-type`],
    ['no word on whether to assign', { osVersion: { ...range, rule: null } }, `${at}.osVersion.rule required`],
    ['another word', { osVersion: { ...range, rule: 'maybe' } }, `${at}.osVersion.rule unknown-value`],
    ['no least version', { osVersion: { ...range, minimum: null } }, `${at}.osVersion.minimum required`],
    ['no greatest version', { osVersion: { ...range, maximum: null } }, `${at}.osVersion.maximum required`],
    ['a number', { osVersion: { ...range, minimum: 10 } }, `${at}.osVersion.minimum wrong-type`],
    ['three numbers', { osVersion: { ...range, minimum: '10.0.1' } }, `${at}.osVersion.minimum applicability-version`],
    ['letters', { osVersion: { ...range, maximum: '22H2' } }, `${at}.osVersion.maximum applicability-version`],
    [
      'bounds the wrong way round, number by number',
      { osVersion: { ...range, minimum: '10.0.17134.1000' } },
      `${at}.osVersion.minimum applicability-version`,
    ],
    ['no edition', { osEdition: { rule: 'assignIf', editions: [] } }, `${at}.osEdition.editions required`],
    [
      'an edition that is not there',
      { osEdition: { rule: 'assignIf', editions: ['Vista'] } },
      `${at}.osEdition.editions.0 unknown-value`,
    ],
  ];
  for (const [name, rules, finding] of rows)
    test(name, () => {
      const { findings, applicabilityRules } = read(rules);
      assert.deepEqual(findings, [finding]);
      if (!finding.endsWith('.rule required') && !finding.endsWith('.rule unknown-value'))
        assert.equal(applicabilityRules, undefined);
    });
});

describe('editions', () => {
  const rows: readonly [string, ReturnType<typeof windowsEdition>][] = [
    ['Professional', 'windows10Professional'],
    ['Core', 'windows10Home'],
    ['Enterprise', 'windows10Enterprise'],
    ['EnterpriseS', 'windows10Enterprise'],
    ['IoTEnterprise', 'windows10Enterprise'],
    ['Education', 'windows10Education'],
    ['Microsoft Windows 11 Pro', 'windows10Professional'],
    ['windows10IoTCore', 'windows10IoTCore'],
    ['Windows 10 Home Single Language', 'windows10HomeSingleLanguage'],
    ['', null],
    ['ServerStandard', null],
  ];
  for (const [spelling, edition] of rows)
    test(`“${spelling}” is ${edition}`, () => assert.equal(windowsEdition(spelling), edition));
});

test('changing a rule is no reason for another certificate', () => {
  const settings = { platform: 'windows10', certificate: '', certificateFileName: '' } as const;
  const ruled = { ...settings, applicabilityRules: { osVersion: { ...range, rule: 'assignIf' } } } as const;
  assert.deepEqual(
    settingChanges(settings, ruled).map(({ path, effect }) => [path, effect]),
    [['settings.applicabilityRules', 'none']],
  );
});
