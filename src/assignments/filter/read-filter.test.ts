import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { makeDevice } from '../../../test/support/make-facts.ts';
import type { Device } from '../../directory/device.ts';
import type { Platform } from '../../directory/platform.ts';
import { evaluateFilter } from './evaluate-filter.ts';
import type { FilterProblemCode } from './filter-problem.ts';
import { filterProperties } from './filter-property.ts';
import type { FilterComparison, FilterTree } from './filter-tree.ts';
import { formatFilter } from './format-filter.ts';
import { maxFilterDepth, maxFilterRule } from './parse-filter.ts';
import { readFilter } from './read-filter.ts';

function treeOf(rule: string, platform: Platform | null = null): FilterTree {
  const { tree, findings } = readFilter(rule, platform);
  assert.ok(tree, JSON.stringify(findings));
  return tree;
}

const model = (value: string): FilterComparison => ({ kind: 'comparison', property: 'model', operator: 'eq', value });

describe('reads', () => {
  const [a, b, c] = [model('a'), model('b'), model('c')];
  const rows: readonly [string, string, FilterTree][] = [
    ['one comparison', '(device.model -eq "a")', a],
    ['without parentheses', 'device.model -eq "a"', a],
    ['without regard to case, and without the dash', '(DEVICE.Model EQ "a")', a],
    ['parentheses that change nothing', '(((device.model -eq "a")))', a],
    ['no spaces round parentheses', '(device.model -eq "a")and(device.model -eq "b")', { kind: 'and', terms: [a, b] }],
    ['-and and -or', '(device.model -eq "a") -AND (device.model -eq "b")', { kind: 'and', terms: [a, b] }],
    [
      'and before or',
      '(device.model -eq "a") or (device.model -eq "b") and (device.model -eq "c")',
      { kind: 'or', terms: [a, { kind: 'and', terms: [b, c] }] },
    ],
    [
      'nested parentheses',
      '((device.model -eq "a") or (device.model -eq "b")) and (device.model -eq "c")',
      { kind: 'and', terms: [{ kind: 'or', terms: [a, b] }, c] },
    ],
    [
      'a list',
      '(device.model -in ["a", "b"])',
      { kind: 'comparison', property: 'model', operator: 'in', value: ['a', 'b'] },
    ],
    [
      'nothing known',
      '(device.model -ne $NULL)',
      { kind: 'comparison', property: 'model', operator: 'ne', value: null },
    ],
    ['null without the dollar', '(device.model -eq null)', { ...model(''), value: null }],
    ['the text "null", which is no null', '(device.model -eq "null")', model('null')],
    ['an apostrophe and a backslash', '(device.model -eq "It\'s a\\b")', model("It's a\\b")],
    ['over several lines', 'device.model\n -eq\t"a"\n', a],
  ];
  for (const [name, rule, expected] of rows) test(name, () => assert.deepEqual(treeOf(rule), expected));
});

describe('refuses, with the place and a mend', () => {
  const deep = (levels: number) => `${'('.repeat(levels)}device.model -eq "a"${')'.repeat(levels)}`;
  const long = (length: number) => `(device.model -eq "${'a'.repeat(length - 21)}")`;
  const rows: readonly [string, Platform | null, string, FilterProblemCode | null, number][] = [
    ['nothing', null, '', 'filter-empty', 0],
    ['white space', null, '  \n', 'filter-empty', 0],
    ['a rule of the greatest length', null, long(maxFilterRule), null, 0],
    ['one character more', null, long(maxFilterRule + 1), 'filter-too-long', maxFilterRule],
    ['parentheses as deep as may be', null, deep(maxFilterDepth), null, 0],
    ['one level more', null, deep(maxFilterDepth + 1), 'filter-too-deep', maxFilterDepth],
    ['far too many', null, '('.repeat(3000), 'filter-too-deep', maxFilterDepth],
    ['a parenthesis left open', null, '(device.model -eq "a"', 'filter-syntax', 0],
    ['a parenthesis too many', null, 'device.model -eq "a")', 'filter-syntax', 20],
    ['two comparisons side by side', null, '(device.model -eq "a") (device.model -eq "b")', 'filter-syntax', 23],
    ['an end after and', null, 'device.model -eq "a" and', 'filter-syntax', 24],
    ['a quotation mark left open', null, 'device.model -eq "a', 'filter-quotes', 17],
    ['typographic quotation marks', null, 'device.model -eq “a”', 'filter-quotes', 17],
    ['single quotation marks', null, "device.model -eq 'a'", 'filter-quotes', 17],
    ['no quotation marks', null, 'device.isRooted -eq True', 'filter-quotes', 20],
    ['a property of apps', null, '(app.osVersion -eq "1")', 'filter-unknown-property', 1],
    ['a property without device.', null, '(model -eq "1")', 'filter-unknown-property', 1],
    ['a property that is not there', null, '(device.colour -eq "red")', 'filter-unknown-property', 1],
    ['a property inherited from objects', null, '(device.constructor -eq "red")', 'filter-unknown-property', 1],
    ['not', null, 'not (device.model -eq "a")', 'filter-syntax', 0],
    ['notStartsWith', null, '(device.model -notStartsWith "a")', 'filter-unknown-operator', 14],
    ['an operator inherited from objects', null, '(device.model -constructor "a")', 'filter-unknown-operator', 14],
    ['no operator', null, 'device.model', 'filter-unknown-operator', 12],
    ['no value', null, 'device.model -eq', 'filter-syntax', 16],
    [
      'a version with -contains',
      null,
      'device.operatingSystemVersion -contains "1"',
      'filter-operator-not-allowed',
      30,
    ],
    ['a text with -gt', null, 'device.model -gt "a"', 'filter-operator-not-allowed', 13],
    ['a choice with -startsWith', null, 'device.isRooted -startsWith "T"', 'filter-operator-not-allowed', 16],
    ['a word that a choice lacks', null, 'device.deviceOwnership -eq "Company"', 'filter-wrong-value', 27],
    ['the second word of a list', null, 'device.isRooted -in ["True","No"]', 'filter-wrong-value', 28],
    ['$null with -in', null, 'device.model -in $null', 'filter-null-not-allowed', 17],
    ['one value with -in', null, 'device.model -in "a"', 'filter-list-expected', 17],
    ['a list with -eq', null, 'device.model -eq ["a"]', 'filter-list-not-allowed', 17],
    ['an empty list', null, 'device.model -in []', 'filter-syntax', 17],
    ['a comma at the end of a list', null, 'device.model -in ["a",]', 'filter-syntax', 22],
    ['a version of letters', null, 'device.operatingSystemVersion -ge "ten"', 'filter-not-a-version', 34],
    ['a version of five numbers', null, 'device.operatingSystemVersion -ge "1.2.3.4.5"', 'filter-not-a-version', 34],
    ['a version of four numbers', null, 'device.operatingSystemVersion -ge "1.2.3.4"', null, 0],
    [
      'Windows only, on iOS',
      'ios',
      'device.deviceTrustType -eq "Azure AD joined"',
      'filter-property-not-on-platform',
      0,
    ],
    ['Windows only, on Windows', 'windows10', 'device.deviceTrustType -eq "Azure AD joined"', null, 0],
    ['rooted, on macOS', 'macos', '(device.isRooted -eq "True")', 'filter-property-not-on-platform', 1],
    ['architecture, on macOS', 'macos', '(device.cpuArchitecture -eq "x64")', null, 0],
    ['architecture, on iOS', 'ios', '(device.cpuArchitecture -eq "arm64")', 'filter-property-not-on-platform', 1],
  ];
  for (const [name, platform, rule, code, offset] of rows)
    test(`${name}${code === null ? ' is read' : ''}`, () => {
      const [finding] = readFilter(rule, platform).findings.filter(({ severity }) => severity === 'error');
      assert.equal(finding?.rule, code ?? undefined, finding?.detail);
      if (code === null) return;
      assert.equal(finding?.offset, offset);
      assert.equal(finding?.path, 'rule');
      assert.ok((finding?.detail.length ?? 0) > 0);
    });

  test('every comparison that is wrong is told of, not only the first', () => {
    const rule = '(device.model -gt "a") or (device.isRooted -eq "Maybe")';
    assert.deepEqual(
      readFilter(rule, 'ios').findings.map((finding) => [finding.rule, finding.offset]),
      [
        ['filter-operator-not-allowed', 14],
        ['filter-wrong-value', 47],
      ],
    );
  });

  test('what works but misleads is a warning', () => {
    const old = readFilter('(device.osVersion -startsWith "10.0.2")', 'windows10');
    assert.deepEqual([old.findings[0]?.rule, old.findings[0]?.severity], ['filter-deprecated', 'warning']);
    assert.ok(old.tree);
    const ordered = readFilter('(device.osVersion -ge "10")', 'windows10');
    assert.match(ordered.findings[0]?.fix ?? '', /device\.operatingSystemVersion/);
    const rule = '(device.deviceManagementType -eq "Corporate-owned dedicated devices with Entra ID Shared mode")';
    assert.equal(readFilter(rule, 'androidEnterpriseCorporate').findings[0]?.rule, 'filter-shared-mode');
  });
});

describe('judges a device', () => {
  const windows = makeDevice({
    deviceName: 'AF-WIN-001',
    platform: 'windows10',
    osVersion: '10.0.22631.4460',
    osEdition: 'Enterprise',
    manufacturer: 'Dell Inc.',
    model: null,
    trustType: 'Hybrid Azure AD joined',
    deviceCategory: 'Office',
    cpuArchitecture: 'amd64',
    ownership: 'corporate',
  });
  const unknown = makeDevice({ platform: 'windows10', ownership: 'unknown' });
  const rows: readonly [string, Device, boolean][] = [
    ['device.deviceName -startsWith "af-win"', windows, true],
    ['device.deviceName -contains "WIN"', windows, true],
    ['device.deviceName -notContains "MAC"', windows, true],
    ['device.deviceName -notContains "win"', windows, false],
    ['device.manufacturer -eq "DELL INC."', windows, true],
    ['device.manufacturer -ne "Dell Inc."', windows, false],
    ['device.manufacturer -in ["HP","dell inc."]', windows, true],
    ['device.manufacturer -notIn ["HP","dell inc."]', windows, false],
    ['device.deviceOwnership -eq "Corporate"', windows, true],
    ['device.deviceTrustType -in ["Hybrid Azure AD joined"]', windows, true],
    ['device.operatingSystemSKU -startsWith "Enter"', windows, true],
    ['device.cpuArchitecture -eq "x64"', windows, true],
    ['device.cpuArchitecture -notIn ["x64"]', windows, false],
    // Number by number: as text 22631 comes before 9999.
    ['device.operatingSystemVersion -gt "10.0.9999"', windows, true],
    ['device.operatingSystemVersion -ge "10.0.22631.4460"', windows, true],
    ['device.operatingSystemVersion -gt "10.0.22631.4460"', windows, false],
    ['device.operatingSystemVersion -le "10.0.22631"', windows, false],
    ['device.operatingSystemVersion -eq "10.0.22631.4460"', windows, true],
    ['device.operatingSystemVersion -lt "11"', windows, true],
    ['(device.deviceName -startsWith "AF") and (device.model -ne $null)', windows, false],
    ['(device.deviceName -startsWith "AF") or (device.model -ne $null)', windows, true],
    ['device.model -eq $null', windows, true],
    ['device.model -eq "x"', windows, false],
    ['device.model -ne "x"', windows, true],
    ['device.model -startsWith ""', windows, false],
    ['device.model -notContains "x"', windows, true],
    ['device.model -in ["x"]', windows, false],
    ['device.model -notIn ["x"]', windows, true],
    ['device.operatingSystemVersion -ge "0"', unknown, false],
    ['device.operatingSystemVersion -ne "1"', unknown, true],
    ['device.operatingSystemVersion -eq $null', unknown, true],
    ['device.deviceOwnership -eq "Unknown"', unknown, true],
    ['device.deviceOwnership -eq $null', unknown, true],
    ['device.deviceTrustType -eq "unknown"', unknown, true],
    ['device.cpuArchitecture -eq "unknown"', unknown, true],
  ];
  for (const [rule, device, expected] of rows)
    test(`${rule}: ${expected ? 'holds' : 'does not hold'}`, () =>
      assert.equal(evaluateFilter(treeOf(rule, 'windows10'), device), expected));

  test('what a device reports stands in for what nobody said, never for what decides its standing', () => {
    const reporting = makeDevice({
      platform: 'windows10',
      manufacturer: 'HP',
      ownership: 'unknown',
      reported: { osVersion: '10.0.19045.1', manufacturer: 'Acer', ownership: 'corporate', deviceCategory: 'Office' },
    });
    const holds = (rule: string) => evaluateFilter(treeOf(rule), reporting);
    assert.ok(holds('device.operatingSystemVersion -eq "10.0.19045.1"'));
    assert.ok(holds('device.manufacturer -eq "HP"'));
    assert.ok(!holds('device.deviceOwnership -eq "Corporate"'));
    assert.ok(!holds('device.deviceCategory -eq "Office"'));
  });

  test('versions with words round them, and managed Androids', () => {
    const linux = makeDevice({ osVersion: 'Ubuntu 24.04' });
    assert.ok(evaluateFilter(treeOf('device.operatingSystemVersion -ge "24.4"'), linux));
    const dedicated = makeDevice({ platform: 'androidEnterpriseCorporate', management: 'dedicated' });
    const kind = (value: string) => evaluateFilter(treeOf(`device.deviceManagementType -eq "${value}"`), dedicated);
    assert.ok(kind('corporate-owned dedicated devices without Entra ID shared mode'));
    assert.ok(!kind('Corporate-owned fully managed'));
  });
});

const value = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('"', ''));
const comparison = fc
  .constantFrom(...filterProperties.values())
  .chain((property) =>
    fc.record({
      kind: fc.constant('comparison' as const),
      property: fc.constant(property.name),
      operator: fc.constantFrom(...property.operators),
      text: property.kind === 'version' ? fc.constantFrom('1', '10.0.1.22') : value,
      choice: fc.constantFrom(...(property.values.length > 0 ? property.values : [null])),
      more: fc.array(property.kind === 'version' ? fc.constant('2') : value, { maxLength: 3 }),
      isNull: fc.boolean(),
    }),
  )
  .map(({ text, choice, more, isNull, ...rest }): FilterComparison => {
    const one = choice ?? text;
    if (rest.operator === 'in' || rest.operator === 'notIn')
      return { ...rest, value: [one, ...(choice === null ? more : [])] };
    return { ...rest, value: isNull && (rest.operator === 'eq' || rest.operator === 'ne') ? null : one };
  });
const tree = fc.letrec<{ tree: FilterTree; junction: FilterTree }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, comparison, tie('junction')),
  junction: fc.record(
    { kind: fc.constantFrom('and', 'or'), terms: fc.array(tie('tree'), { minLength: 2, maxLength: 3 }) },
    { noNullPrototype: true },
  ),
})).tree;

test('a tree as text reads back to the same tree', () => {
  fc.assert(
    fc.property(tree, (given) => {
      const text = formatFilter(given);
      if (text.length > maxFilterRule) return;
      assert.deepEqual(treeOf(text), given);
    }),
  );
});

test('whatever is typed, the answer is a tree or findings with a place in the text', () => {
  const piece = fc.constantFrom(
    ...[
      '(',
      ')',
      '[',
      ']',
      ',',
      '"',
      '“',
      '$null',
      'null',
      'and',
      '-or',
      'device.',
      'device.model',
      '-eq',
      '-in',
      ' ',
      '"x"',
    ],
    ...['device.isRooted', '"True"', 'operatingSystemVersion', '"1.2"', '\0', '\ud800', '__proto__'],
  );
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(' ')),
  );
  fc.assert(
    fc.property(typed, fc.constantFrom(null, 'ios' as const, 'windows10' as const), (rule, platform) => {
      const { tree: read, findings } = readFilter(rule, platform);
      assert.equal(
        read === null,
        findings.some(({ severity }) => severity === 'error'),
      );
      for (const { offset } of findings) assert.ok(offset !== undefined && offset >= 0 && offset <= rule.length);
      if (read !== null) assert.equal(typeof evaluateFilter(read, makeDevice()), 'boolean');
    }),
    { numRuns: 2000 },
  );
});
