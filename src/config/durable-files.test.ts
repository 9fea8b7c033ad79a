import assert from 'node:assert/strict';
import fs, { readlinkSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname } from 'node:path';
import { mock, test } from 'node:test';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';

const skip = process.platform === 'linux' ? false : 'needs /proc to see what is synced';

test('a secret survives a power cut: its content, its name, and the folders that were made for it', {
  skip,
}, async () => {
  await using folder = temporaryFolder('durable');
  const file = folder.file('a', 'b', 'secret');
  const synced: string[] = [];
  const real = fs.fsyncSync;
  const renamed = () => fs.existsSync(file);
  mock.method(fs, 'fsyncSync', (handle: number) => {
    synced.push(`${readlinkSync(`/proc/self/fd/${handle}`)} ${renamed() ? 'after' : 'before'}`);
    real(handle);
  });
  syncBuiltinESMExports();
  try {
    const { writeSecretFile } = await import('./secrets.ts');
    writeSecretFile(file, 'text');
  } finally {
    mock.restoreAll();
    syncBuiltinESMExports();
  }
  assert.deepEqual(synced, [
    `${folder.path} before`,
    `${folder.file('a')} before`,
    `${folder.file('a', 'b', `.secret.${process.pid}`)} before`,
    `${dirname(file)} after`,
  ]);
});
