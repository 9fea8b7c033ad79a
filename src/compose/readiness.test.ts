import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readiness } from './readiness.ts';

const store = { ping: async () => {} };
const pool = { alive: true, pending: 3, limit: 10 };

test('a server with its parts is ready', async () => {
  assert.deepEqual(await readiness({ store, pool }), { database: null, cryptography: null });
});

test('one whose threads are all gone, or have more than they can do, is not', async () => {
  assert.match(String((await readiness({ store, pool: { ...pool, alive: false } })).cryptography), /no thread/);
  assert.match(String((await readiness({ store, pool: { ...pool, pending: 10 } })).cryptography), /full/);
});

test('one whose database is away is not', async () => {
  const away = { ping: () => Promise.reject(new Error('away')) };
  assert.match(String((await readiness({ store: away, pool })).database), /does not answer/);
});
