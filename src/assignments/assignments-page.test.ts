/** docs/assignments.md tells of every property, operator, edition, status and reason that there is. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { platforms } from '../directory/platform.ts';
import { windowsEditions } from '../profiles/applicability-rules.ts';
import { windowsEdition } from '../profiles/windows-edition.ts';
import { filterProperties } from './filter/filter-property.ts';
import { readFilter } from './filter/read-filter.ts';

const page = readFileSync(new URL('../../docs/assignments.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('|'));
const rowOf = (name: string) => rows.find((row) => row.startsWith(`| \`${name}\` |`)) ?? assert.fail(`no row ${name}`);

for (const { name, platforms: where, operators, values } of filterProperties.values())
  test(`device.${name}`, () => {
    const row = rowOf(name);
    if (where.length === platforms.length) assert.ok(row.includes('| all |'), row);
    else if (where.length < 5) for (const platform of where) assert.ok(row.includes(platform), `${platform}: ${row}`);
    for (const operator of operators) assert.ok(page.includes(`\`-${operator}\``), operator);
    if (name === 'deviceManagementType') return;
    for (const value of values) assert.ok(row.includes(value), `${value}: ${row}`);
  });

test('every status and every reason', () => {
  const statuses = ['applies', 'pending', 'error', 'not-applicable', 'excluded', 'not-assigned', 'no-device'];
  for (const status of statuses) rowOf(status);
  const source = ['resolve', 'platform-gate', 'applicability', 'serving-reason'].map((file) =>
    readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8'),
  );
  const codes = source.flatMap((text) =>
    [...text.matchAll(/readonly code: ((?:'[a-z-]+'(?: \| )?)+)/g)].map(([, code = '']) => code),
  );
  const all = codes.flatMap((code) => code.split(' | ').map((each) => each.replaceAll("'", '')));
  assert.ok(all.length >= 13, all.join());
  for (const code of all) assert.ok(page.includes(`\`${code}\``), code);
});

test('every edition, and what the page says directories call it', () => {
  const names = windowsEditions.map((edition) => edition.slice('windows10'.length));
  for (const name of names) assert.ok(page.includes(name), name);
  const table = rows.slice(rows.findIndex((row) => row.includes('windows10EditionType')) + 2);
  const spellings = table.flatMap((row) => row.split('|')[2]?.match(/\b[A-Z][A-Za-z]+\b/g) ?? []);
  const known = spellings.slice(0, spellings.indexOf('MobileEnterprise') + 1).filter((word) => word !== 'LTSC');
  assert.ok(known.length > 25);
  for (const spelling of known) assert.notEqual(windowsEdition(spelling), null, spelling);
});

test('every rule that the page gives as an example can be used', () => {
  const examples = [...page.matchAll(/--platform (\w+)(?: \\\n)?\s+--rule '([^']+)'/g)];
  assert.ok(examples.length >= 3);
  for (const [, named = '', rule = ''] of examples) {
    const platform = platforms.find((each) => each === named) ?? assert.fail(named);
    assert.deepEqual(readFilter(rule, platform).findings, [], rule);
  }
});
