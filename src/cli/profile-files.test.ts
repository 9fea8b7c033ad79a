import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { isFailure } from '../lib/failure.ts';
import { openProfileFiles, openText, placed, readProfileFiles } from './profile-files.ts';

test('several documents of one file are told apart by number', () => {
  const { files } = openText('a.yaml', 'kind: scep\n---\nkind: trustedCertificate\n');
  assert.deepEqual(
    files.map(({ source, line, document }) => ({ source, line, document })),
    [
      { source: 'a.yaml#1', line: 1, document: { kind: 'scep' } },
      { source: 'a.yaml#2', line: 3, document: { kind: 'trustedCertificate' } },
    ],
  );
});

test('a finding has the place of what it is about', () => {
  const [file] = openText('a.json', '{\n  "kind": "scep",\n  "colour": "red" }').files;
  assert.ok(file);
  const finding = { rule: 'unknown-field', severity: 'error', path: 'colour', detail: '', fix: null } as const;
  assert.deepEqual(placed(file, [finding]), [{ ...finding, file: 'a.json', line: 3, column: 3 }]);
});

test('of a folder every profile file is read, and of standard input what came', async () => {
  await using folder = temporaryFolder('profiles');
  writeFileSync(folder.file('a.yaml'), 'kind: scep\nname: a\n');
  writeFileSync(folder.file('b.yml'), 'kind: trustedCertificate\nname: b\n');
  writeFileSync(folder.file('c.json'), '{"kind": "scep", "name": "c"}');
  writeFileSync(folder.file('notes.txt'), 'nothing');
  const { files } = openProfileFiles([folder.path, '-'], new TextEncoder().encode('name: d'));
  assert.deepEqual(
    files.map(({ document }) => (document as { name: string }).name),
    ['a', 'b', 'c', 'd'],
  );
  assert.equal(files.at(-1)?.file, '-');
});

test('one file that cannot be read hides no other', async () => {
  await using folder = temporaryFolder('profiles');
  mkdirSync(folder.file('empty'));
  mkdirSync(folder.file('f-folder.yaml'));
  writeFileSync(folder.file('a-wide.yaml'), Buffer.from('\ufeffkind: scep\n', 'utf16le'));
  writeFileSync(folder.file('b-zero.yaml'), 'kind: scep\nname: "\0"\n');
  writeFileSync(folder.file('c-binary.yaml'), Buffer.from([0x1f, 0x8b, 0x08, 0xff, 0x00]));
  writeFileSync(folder.file('d-open.yaml'), 'name: "open\n');
  writeFileSync(folder.file('e-good.yaml'), 'kind: scep\n');
  const { files, findings } = openProfileFiles([folder.path, folder.file('empty'), folder.file('none.yaml')]);
  assert.deepEqual(
    files.map(({ file }) => file),
    [folder.file('e-good.yaml')],
  );
  assert.deepEqual(
    findings.map(({ rule, file, line }) => `${rule} ${file.slice(folder.path.length + 1)}:${line}`),
    [
      'not-utf8 a-wide.yaml:1',
      'not-text b-zero.yaml:2',
      'not-utf8 c-binary.yaml:1',
      'file d-open.yaml:2',
      'file-unreadable f-folder.yaml:1',
      'no-profiles empty:1',
      'file-unreadable none.yaml:1',
    ],
  );
  assert.match(findings[0]?.detail ?? '', /UTF-16/);
});

test('where files must be good, the first mistake is the failure', async () => {
  await using folder = temporaryFolder('profiles');
  const file = folder.file('a.yaml');
  writeFileSync(file, 'kind: scep\nname: "open\n');
  assert.throws(
    () => readProfileFiles([file]),
    (error) => isFailure(error, 'file-invalid') && error.message.startsWith(`${file}:3:1: `),
  );
});
