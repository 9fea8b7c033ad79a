import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { systemClock } from '../../lib/clock.ts';
import { openStore } from '../open-store.ts';

const stamp = { clock: systemClock, node: 'test-node' };

for (const [name, make, code, what] of [
  [
    'that is something else',
    (file: string) => writeFileSync(file, 'no database\n'.repeat(500)),
    'database-damaged',
    /no SQLite database/,
  ],
  ['that is a folder', (file: string) => mkdirSync(file), 'database-unusable', /cannot be opened/],
] as const)
  test(`a database file ${name} is refused by its name, and the data directory is free again`, async () => {
    await using folder = temporaryFolder();
    const file = folder.file('scepward.db');
    make(file);
    for (const _ of [1, 2])
      await assert.rejects(
        openStore({ kind: 'sqlite', folder: folder.path }, stamp),
        (error: Error & { code: string }) => {
          assert.equal(error.code, code);
          assert.ok(error.message.includes(file));
          assert.match(error.message, what);
          return true;
        },
      );
  });

test('a lock that cannot be opened is not taken for another server', async () => {
  await using folder = temporaryFolder();
  mkdirSync(folder.file('scepward.lock'));
  await assert.rejects(openStore({ kind: 'sqlite', folder: folder.path }, stamp), { code: 'database-unusable' });
});
