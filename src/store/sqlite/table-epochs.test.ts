import assert from 'node:assert/strict';
import test from 'node:test';
import { TableEpochs, tableOf } from './table-epochs.ts';

test('a table has another epoch once a transaction that wrote to it has committed, and others do not', () => {
  const epochs = new TableEpochs();
  const before = epochs.of('profile', false);
  epochs.writes('UPDATE profile SET name = $1');
  assert.equal(epochs.of('profile', true), null, 'the transaction itself reads what may be rolled back');
  assert.equal(epochs.of('profile', false), before, 'others read what was committed');
  epochs.rolledBack();
  assert.equal(epochs.of('profile', true), before);
  epochs.writes('INSERT INTO profile (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id');
  epochs.committed();
  assert.notEqual(epochs.of('profile', false), before);
  assert.equal(epochs.of('assignment', true), 0);
});

test('the table that a statement writes to', () => {
  for (const text of [
    'INSERT INTO device (id) VALUES ($1)',
    'INSERT OR REPLACE INTO device (id) SELECT value FROM json_each($1)',
    '\n  UPDATE device SET id = $1',
    'DELETE FROM device WHERE id = $1',
  ])
    assert.equal(tableOf(text), 'device', text);
  assert.throws(() => tableOf('WITH x AS (SELECT 1) INSERT INTO device SELECT * FROM x'));
});
