import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readProfileFile } from './read-profile-file.ts';

test('one or many documents, YAML or JSON', () => {
  const { documents, findings } = readProfileFile(
    '\ufeff# comment\nkind: scep\nname: a\n---\n{"kind": "scep", "name": "b"}\n--- # nothing here\n',
  );
  assert.deepEqual(findings, []);
  assert.deepEqual(
    documents.map(({ value, line, format }) => ({ value, line, format })),
    [
      { value: { kind: 'scep', name: 'a' }, line: 2, format: 'profile' },
      { value: { kind: 'scep', name: 'b' }, line: 5, format: 'profile' },
    ],
  );
});

const awkward = `kind: scep
name: 'O''Brien'
a.b: { c: 1 }
settings:
  subjectNameFormat: CN={{UserNam}}
  rows:
    - &row { type: dns, value: "x" }
    - *row
  text: |
    one
    two
`;

const places: readonly (readonly [title: string, path: string, offset: number | undefined, place: string])[] = [
  ['the whole document', '', undefined, '1:1'],
  ['a setting, by its name', 'settings.subjectNameFormat', undefined, '5:3'],
  ['a character of a text', 'settings.subjectNameFormat', 5, '5:27'],
  ['a character of a text that is written otherwise', 'name', 3, '2:1'],
  ['a character of a text of several lines', 'settings.text', 5, '9:3'],
  ['an item of a list', 'settings.rows.0', undefined, '7:12'],
  ['a field of an item', 'settings.rows.0.value', undefined, '7:25'],
  ['a field behind an alias', 'settings.rows.1.type', undefined, '7:14'],
  ['what is not there, at what encloses it', 'settings.rows.7.value', undefined, '6:3'],
  ['a name with a dot', 'a.b.c', undefined, '3:8'],
];

for (const [title, path, offset, place] of places)
  test(`the place of ${title}`, () => {
    const { documents, findings } = readProfileFile(awkward);
    assert.deepEqual(findings, []);
    const { line, column } = documents[0]?.placeOf(path, offset) ?? { line: 0, column: 0 };
    assert.equal(`${line}:${column}`, place);
  });

const bomb = `${['a: &a0 [x,x,x,x,x,x,x,x,x,x]', ...Array.from({ length: 9 }, (_, i) => `b${i}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(',')}]`)].join('\n')}\n`;

const refused: readonly (readonly [title: string, text: string, place: string, detail: RegExp])[] = [
  ['a key twice', 'name: a\nname: b\n', '2:1', /name.*second time.*line 1/],
  ['a key twice, deep inside', 'settings:\n  - { a: 1, "a": 2 }\n', '2:13', /second time/],
  ['aliases that explode', bomb, '1:1', /[Aa]lias/],
  ['aliases without number', `a: &a x\nb: [${Array(200).fill('*a')}]\n`, '2:305', /aliases/],
  ['an alias inside of what it means', 'a: &a [*a]\n', '1:8', /inside/],
  ['an alias for nothing', 'a: *b\n', '1:4', /alias/],
  ['an unknown tag', 'name: !!python/object a\n', '1:7', /tag/],
  ['a tag that would make an object', 'name: !!js/function "() => 1"\n', '1:7', /tag/],
  ['a tag that would make bytes', 'name: !!binary aGk=\n', '1:7', /tag/],
  ['a tag that would make a set', 'name: !!set { a, b }\n', '1:7', /tag/],
  ['a merge key', 'a: &a { b: 1 }\nc:\n  <<: *a\n', '3:3', /Merge/],
  ['a name that is a list', '? [a]\n: b\n', '1:3', /name of a setting/],
  ['a tab before a setting', 'settings:\n\tkeySize: 2048\n', '2:1', /[Tt]abs/],
  ['no number', 'settings: { renewalThreshold: .inf }\n', '1:31', /Infinity/],
  ['an unclosed quote', 'name: "a\n', '2:1', /quote/],
  ['JSON cut in the middle', '{"kind": "scep", "settings": {"keySi', '1:37', /./],
  ['a list', '- kind: scep\n- kind: scep\n', '1:1', /list/],
  ['nothing', '', '1:1', /empty|no document/],
  ['comments alone', '# nothing\n', '1:1', /no document|empty/],
  ['too much', 'x'.repeat(4_000_001), '1:1', /4000001/],
  ['what is nested without end', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, '1:1', /nested too deep/],
];

for (const [title, text, place, detail] of refused)
  test(`a file is refused: ${title}`, () => {
    const { documents, findings } = readProfileFile(text);
    assert.deepEqual(documents, []);
    const [first] = findings;
    assert.match(first?.detail ?? '', detail);
    assert.equal(`${first?.line}:${first?.column}`, place);
    assert.equal(first?.severity, 'error');
  });

test('many mistakes are counted, not listed', () => {
  const { findings } = readProfileFile(Array(100).fill('a: !!x b').join('\n'));
  assert.equal(findings.length, 21);
  assert.match(findings.at(-1)?.detail ?? '', /80 more/);
});

test('names that JavaScript knows are names like others', () => {
  const { documents } = readProfileFile('__proto__: { polluted: true }\nconstructor: 1\n');
  assert.deepEqual(Object.keys(documents[0]?.value as object), ['__proto__', 'constructor']);
  assert.equal(({} as { polluted?: boolean }).polluted, undefined);
});

test('a large file is refused or read without delay', () => {
  const text = Array.from({ length: 60_000 }, (_, i) => `key${i}: ${i}`).join('\n');
  const started = performance.now();
  assert.equal(readProfileFile(text).documents.length, 1);
  assert.ok(performance.now() - started < 20_000);
});
