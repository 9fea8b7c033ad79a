import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { isFailure } from '../lib/failure.ts';
import { parseProfileFile, readProfileFiles } from './profile-files.ts';

test('several documents of one file are told apart by number', () => {
  assert.deepEqual(parseProfileFile('a.yaml', 'kind: scep\n---\nkind: trustedCertificate\n'), [
    { source: 'a.yaml#1', document: { kind: 'scep' } },
    { source: 'a.yaml#2', document: { kind: 'trustedCertificate' } },
  ]);
});

test('JSON is read as well', () => {
  assert.deepEqual(parseProfileFile('a.json', '{"kind": "scep"}'), [{ source: 'a.json', document: { kind: 'scep' } }]);
});

test('a mistake is named with line and column', () => {
  assert.throws(
    () => parseProfileFile('a.yaml', 'kind: scep\nname: "open\n'),
    (error) => isFailure(error, 'yaml-malformed') && error.params.line === 3 && error.message.startsWith('a.yaml:3:'),
  );
});

test('aliases cannot blow a document up', () => {
  const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 9; i++)
    lines.push(`${'abcdefghi'[i]}: &${'abcdefghi'[i]} [${Array(10).fill(`*${'abcdefghi'[i - 1]}`)}]`);
  assert.throws(
    () => parseProfileFile('bomb.yaml', lines.join('\n')),
    (error) => isFailure(error, 'yaml-malformed'),
  );
});

test('of a folder every profile file is read, trusted certificate profiles first', async () => {
  await using folder = temporaryFolder('profiles');
  writeFileSync(folder.file('a.yaml'), 'kind: scep\nname: a\n');
  writeFileSync(folder.file('b.yml'), 'kind: trustedCertificate\nname: b\n');
  writeFileSync(folder.file('c.json'), '{"kind": "scep", "name": "c"}');
  writeFileSync(folder.file('notes.txt'), 'nothing');
  const names = readProfileFiles([folder.path]).map(({ document }) => (document as { name: string }).name);
  assert.deepEqual(names, ['b', 'a', 'c']);
});

test('what is not there or empty is said', async () => {
  await using folder = temporaryFolder('profiles');
  assert.throws(
    () => readProfileFiles([folder.file('none.yaml')]),
    (error) => isFailure(error, 'file-unreadable') && error.message.includes('ENOENT'),
  );
  mkdirSync(folder.file('empty'));
  assert.throws(
    () => readProfileFiles([folder.file('empty')]),
    (error) => isFailure(error, 'no-profiles'),
  );
});
