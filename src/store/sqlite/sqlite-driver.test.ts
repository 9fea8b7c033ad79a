import assert from 'node:assert/strict';
import { test } from 'node:test';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { SqliteDriver } from './sqlite-driver.ts';

const insert = 'INSERT INTO kept (id) VALUES ($1)';

test('nothing is written after a failure, not even when SQLite has rolled back by itself', async () => {
  await using folder = temporaryFolder('driver');
  await using driver = new SqliteDriver(folder.file('driver.db'));
  driver.writer.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY) STRICT');
  await driver.transact(() => driver.sql.run(insert, [1]));
  await assert.rejects(
    driver.transact(async () => {
      await driver.sql.run(insert, [2]);
      // As when the disk is full: the transaction is gone, and each statement would be one of its own.
      await driver.sql.run('INSERT OR ROLLBACK INTO kept (id) VALUES ($1)', [1]).catch(() => undefined);
      await driver.sql.run(insert, [3]).catch(() => undefined);
    }),
  );
  assert.deepEqual(
    (await driver.sql.all('SELECT id FROM kept')).map(({ id }) => id),
    [1],
  );
  await driver.transact(() => driver.sql.run(insert, [4]));
});
