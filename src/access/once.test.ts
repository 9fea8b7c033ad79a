import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores, storeTest } from '../../test/support/stores.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { TokenId } from './api-token.ts';
import type { IdempotencyStore } from './idempotency-store.ts';
import { idempotencyPeriod, type OnceInput, once } from './once.ts';

type Stores = { readonly transact: Transact; readonly idempotency: IdempotencyStore };

function counting(stores: Stores, clock = fakeClock()) {
  let done = 0;
  const ask = (change: Partial<OnceInput> = {}) =>
    once(
      { ...stores, clock },
      {
        tokenId: 'token-1' as TokenId,
        idempotencyKey: 'key',
        request: 'POST /users {}',
        secret: false,
        status: 201,
        work: async () => ({ done: ++done }),
        ...change,
      },
    );
  return { ask, clock, done: () => done };
}

storeTest('a repeat gets the first answer, and nothing is done again', async (stores) => {
  const { ask, done } = counting(stores);
  assert.deepEqual(await ask(), { repeated: false, status: 201, body: { done: 1 } });
  assert.deepEqual(await ask({ status: 200 }), { repeated: true, status: 201, body: { done: 1 } });
  assert.equal(done(), 1);
});

storeTest('another request with the key is refused, another token has keys of its own', async (stores) => {
  const { ask, done } = counting(stores);
  await ask();
  await assert.rejects(ask({ request: 'POST /users {"a":1}' }), { code: 'idempotency-key-reused', kind: 'invalid' });
  assert.equal((await ask({ tokenId: 'token-2' as TokenId })).repeated, false);
  assert.equal(done(), 2);
});

storeTest('a failure is not remembered, and takes what was written with it', async (stores) => {
  const { ask } = counting(stores);
  const failing = ask({
    work: async () => {
      throw new Failure('conflict', 'slug-taken', 'Taken.');
    },
  });
  await assert.rejects(failing, { code: 'slug-taken' });
  assert.equal((await ask()).repeated, false);
});

storeTest('an answer with a secret is not stored: a repeat is told so', async (stores) => {
  const { ask, clock, done } = counting(stores);
  await ask({ secret: true, work: async () => ({ secret: 'hunter2' }) });
  await assert.rejects(ask({ secret: true }), { code: 'idempotency-not-replayable', kind: 'conflict' });
  const kept = await stores.idempotency.find('token-1' as TokenId, 'key', clock.now());
  assert.ok(kept !== null && !JSON.stringify(kept).includes('hunter2'));
  assert.equal(done(), 0);
});

test('after the period the key is as good as new', async () => {
  await using stores = await openTestStores();
  const { ask, clock, done } = counting(stores);
  await ask();
  clock.advance(idempotencyPeriod - 1);
  assert.equal((await ask()).repeated, true);
  clock.advance(1);
  assert.equal((await ask({ request: 'POST /groups {}' })).repeated, false);
  assert.equal(done(), 2);
});

storeTest('of two at the same time one is done', async (stores) => {
  const { ask } = counting(stores);
  const results = await Promise.allSettled([ask(), ask()]);
  const answers = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
  assert.equal(answers.filter(({ repeated }) => !repeated).length, 1);
  assert.ok(refused.every((code) => code === 'idempotency-in-progress'));
});
