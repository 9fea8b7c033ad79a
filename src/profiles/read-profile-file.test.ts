import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProfileFile } from './read-profile-file.ts';

test('one or many documents, YAML or JSON', () => {
  const { documents, findings } = readProfileFile(
    '# comment\nkind: scep\nname: a\n---\n{"kind": "scep", "name": "b"}\n',
  );
  assert.deepEqual(findings, []);
  assert.deepEqual(documents, [
    { value: { kind: 'scep', name: 'a' }, line: 2 },
    { value: { kind: 'scep', name: 'b' }, line: 5 },
  ]);
});

const bomb = `${['a: &a0 [x,x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 9 }, (_, i) => `b${i}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`)].join('\n')}\n`;

const refused: readonly (readonly [title: string, text: string, detail: RegExp])[] = [
  ['a key twice', 'name: a\nname: b\n', /Line 2, column 1: .*unique/],
  ['aliases that explode', bomb, /aliases/],
  ['an unknown tag', 'name: !!python/object a\n', /Line 1/],
  ['an unclosed quote', 'name: "a\n', /Line /],
  ['JSON cut in the middle', '{"kind": "scep", "settings": {"keySi', /Line 1/],
  ['nothing', '', /empty/],
  ['comments alone', '# nothing\n', /no document|empty/],
  ['too much', 'x'.repeat(4_000_001), /4000001/],
];

for (const [title, text, detail] of refused)
  test(`a file is refused: ${title}`, () => {
    const { documents, findings } = readProfileFile(text);
    assert.deepEqual(documents, []);
    assert.match(findings[0]?.detail ?? '', detail);
    assert.equal(findings[0]?.severity, 'error');
  });
