import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rounds } from '../../test/support/rounds.ts';
import { readProfileFile } from './read-profile-file.ts';
import { profileFileText } from './write-profile-file.ts';

const awkward = [
  '0123',
  '00:11:22',
  '1e3',
  '.5',
  '0x1F',
  '1_000',
  'true',
  'No',
  'null',
  '~',
  '2026-01-31',
  '2026-01-31T00:00:00Z',
  '# no comment',
  'a # b',
  'a: b',
  '- a',
  '? a',
  '<<',
  '---',
  '...',
  '*alias',
  '&anchor',
  '!tag',
  '%YAML',
  '@x',
  '`x`',
  '{{UserName}}',
  '[x]',
  ' leading',
  'trailing ',
  'trailing\t',
  'two\nlines',
  'two\n\n  lines\n',
  'carriage\r\nreturn',
  '\n',
  '',
  "it's",
  '"quoted"',
  'back\\slash',
  'next\u0085line',
  'line\u2028separator',
  '\ufeffmark',
  'J\u00fcrgen \u{1f98a} \u202eright',
  '\u0001\u007f',
  'x'.repeat(300),
];

for (const text of awkward)
  test(`a text survives: ${JSON.stringify(text.slice(0, 40))}`, () => {
    const document = { name: text, settings: { list: [text, { value: text }], text } };
    const { documents, findings } = readProfileFile(profileFileText([document, document]));
    assert.deepEqual(findings, []);
    assert.deepEqual(
      documents.map(({ value }) => value),
      [document, document],
    );
  });

const text = fc.string({ unit: 'binary', maxLength: 60 }).filter((each) => each.isWellFormed());
const scalar = fc.oneof(text, fc.constantFrom(...awkward), fc.integer(), fc.boolean(), fc.constant(null));
const name = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9.]{0,12}$/);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('mapping')),
  mapping: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
}));

test('any document survives being written and read', () => {
  const mapping = fc.dictionary(name, value, { minKeys: 1, maxKeys: 6, noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(mapping, { minLength: 1, maxLength: 3 }), (documents) => {
      const written = profileFileText(documents);
      assert.doesNotMatch(written, /[[\p{Cc}\u2028\u2029\ufeff]--[\t\n]]/v);
      const read = readProfileFile(written);
      assert.deepEqual(read.findings, []);
      assert.equal(JSON.stringify(read.documents.map((each) => each.value)), JSON.stringify(documents));
    }),
    { numRuns: rounds(200, 5000) },
  );
});
