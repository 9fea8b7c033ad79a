import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { isFailure } from '../lib/failure.ts';
import { readTextFile } from './read-text-file.ts';

test('UTF-8 is read as it stands, a replacement character of the author’s too', async () => {
  await using folder = temporaryFolder('text');
  writeFileSync(folder.file('a.csv'), 'name\nJürgen \ufffd 🦊\n');
  assert.equal(readTextFile(folder.file('a.csv')), 'name\nJürgen \ufffd 🦊\n');
  assert.equal(readTextFile(folder.file('none.csv')), null);
  assert.throws(
    () => readTextFile(folder.path),
    (error) => isFailure(error, 'file-unreadable') && error.message.includes('EISDIR'),
  );
});

for (const [ending, name] of [
  ['\n', 'LF'],
  ['\r\n', 'CRLF'],
  ['\r', 'CR'],
] as const)
  test(`what a spreadsheet wrote in Windows-1252 is refused with its line (${name})`, async () => {
    await using folder = temporaryFolder('text');
    const file = folder.file('users.csv');
    writeFileSync(file, Buffer.from(`upn${ending}ann${ending}J\u00fcrgen${ending}`, 'latin1'));
    assert.throws(
      () => readTextFile(file),
      (error) => isFailure(error, 'not-utf8') && error.params.line === 3 && error.message.startsWith(`${file}:3:`),
    );
    writeFileSync(file, `upn${ending}a\0nn${ending}`);
    assert.throws(
      () => readTextFile(file),
      (error) => isFailure(error, 'not-text') && error.params.line === 2,
    );
  });
