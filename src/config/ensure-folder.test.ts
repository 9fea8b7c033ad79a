import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { ensureFolder } from './ensure-folder.ts';

test('a folder is made with what is missing above it, for its own user alone; again does nothing', async () => {
  await using folder = temporaryFolder('ensure');
  ensureFolder(folder.file('a/b/c'));
  ensureFolder(folder.file('a/b/c'));
  assert.equal(statSync(folder.file('a/b/c')).mode & 0o777, 0o700);
});

test('a file in the way is said to be in the way', async () => {
  await using folder = temporaryFolder('ensure');
  writeFileSync(folder.file('a'), '');
  assert.throws(() => ensureFolder(folder.file('a')), { code: 'folder-unusable' });
  assert.throws(() => ensureFolder(folder.file('a/b')), { code: 'folder-unusable' });
});

test('a place where nothing can be made is refused, and soon', {
  skip: process.platform !== 'linux' && 'needs /proc',
}, () => {
  assert.throws(() => ensureFolder('/proc/scepward/data'), { code: 'folder-unusable' });
});
