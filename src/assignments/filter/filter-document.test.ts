import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchemaCheck } from '../../../test/support/json-schema-check.ts';
import { profileSchema } from '../../profiles/schema/profile-schema.ts';
import { filterDocument, isFilterDocument, parseFilterDocument } from './filter-document.ts';

const filter = { kind: 'filter', name: 'Ours', platform: 'ios', rule: '(device.model -eq "x")' };

test('filters are of the schema as they are read: with a rule, and nothing that is a profile’s', async () => {
  const check = await jsonSchemaCheck(profileSchema());
  const profile = { kind: 'scep', name: 'Ours', platform: 'ios', settings: {} };
  for (const [document, allowed] of [
    [filter, true],
    [{ ...filter, description: 'x', scopeTags: ['a'] }, true],
    [{ ...filter, rule: undefined }, false],
    [{ ...filter, slug: 'x' }, false],
    [{ ...filter, settings: {} }, false],
    [{ ...filter, assignments: [] }, false],
    [{ ...filter, platform: 'beos' }, false],
    [{ ...profile, rule: filter.rule }, false],
  ] as const) {
    const plain = JSON.parse(JSON.stringify(document));
    assert.equal((await check(plain)) === null, allowed, JSON.stringify(plain));
    if (plain.kind === 'filter')
      assert.equal(parseFilterDocument(plain).draft !== null, allowed, JSON.stringify(plain));
  }
});

test('a filter is read from its document and written back to the same', () => {
  const { draft, findings } = parseFilterDocument(filter);
  assert.deepEqual(findings, []);
  assert.ok(draft !== null);
  assert.deepEqual(filterDocument(draft), { ...filter, description: '', scopeTags: [] });
  assert.deepEqual(parseFilterDocument(filterDocument(draft)).draft, draft);
});

for (const [name, change, rule, path] of [
  ['no name', { name: ' ' }, 'filter-name', 'name'],
  ['a name of two lines', { name: 'a\nb' }, 'filter-name', 'name'],
  ['no platform that there is', { platform: 'beos' }, 'unknown-value', 'platform'],
  ['a rule that is none', { rule: '(device.model -eq' }, 'filter-syntax', 'rule'],
  ['no rule', { rule: undefined }, 'filter-empty', 'rule'],
  ['a number for its name', { name: 7 }, 'wrong-type', 'name'],
  ['settings', { settings: {} }, 'unknown-field', 'settings'],
] as const)
  test(`refused with its place: ${name}`, () => {
    const { draft, findings } = parseFilterDocument({ ...filter, ...change });
    assert.equal(draft, null);
    assert.ok(
      findings.some((each) => each.rule === rule && each.path === path),
      JSON.stringify(findings),
    );
  });

test('what is no filter is not taken for one', () => {
  for (const document of [null, [], 'filter', { kind: 'scep' }, { kind: 7 }, {}])
    assert.equal(isFilterDocument(document), false);
});
