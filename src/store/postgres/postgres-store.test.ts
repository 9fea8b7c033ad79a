/** What PostgreSQL alone promises: a plain word when it cannot be reached, and servers that start together. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import { storeKinds } from '../../../test/support/stores.ts';
import { testDatabase } from '../../../test/support/test-database.ts';
import { systemClock } from '../../lib/clock.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import { openStore } from '../open-store.ts';
import { storeRefused, storeUnavailable } from './postgres-failure.ts';

const stamp = { clock: systemClock, node: 'test-node' };
const skip = !storeKinds().includes('postgres') && 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';

suite('PostgreSQL', () => {
  test('that is not there is `store-unavailable`, without the password', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => server.close(resolve));
    const url = `postgres://who:sesame@127.0.0.1:${port}/scepward`;
    await assert.rejects(openStore({ kind: 'postgres', url }, stamp), (error) => {
      assert.ok(isFailure(error, 'store-unavailable'));
      assert.equal(error.kind, 'unavailable');
      assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port}/scepward`));
      assert.ok(!JSON.stringify([error.message, error.params, String(error.cause)]).includes('sesame'));
      return true;
    });
  });

  test('an address that is no URL does not get into the message', () => {
    const failure = storeUnavailable('host=db password=sesame', new Error('no'));
    assert.ok(failure instanceof Failure && !failure.message.includes('sesame'));
  });

  test('that does not let us in says why, without the password', { skip }, async () => {
    await using database = await testDatabase();
    const changed = (change: Partial<URL>) => Object.assign(new URL(database.url), change).href;
    for (const [url, sqlState, says] of [
      [changed({ pathname: '/nowhere' }), '3D000', /nowhere has no such database.*createdb/],
      [changed({ password: 'sesame' }), '28P01', /refuses the password/],
      [changed({ username: 'nobody' }), '28P01', /no such user/],
      [changed({ password: '' }), '', /asks for a password/],
    ] as const)
      await assert.rejects(openStore({ kind: 'postgres', url }, stamp), (error) => {
        assert.ok(isFailure(error, 'store-refused'), String(error));
        assert.equal(error.kind, 'misconfigured');
        assert.equal(error.params.code, sqlState);
        assert.match(error.message, says);
        const { password } = new URL(url);
        assert.ok(password === '' || !JSON.stringify([error.message, error.params]).includes(password));
        return true;
      });
  });

  test('that wants TLS, or has none, says so', () => {
    const url = 'postgres://who:sesame@db.example.org/scepward';
    const refused = Object.assign(new Error('no pg_hba.conf entry for host, no encryption'), { code: '28000' });
    for (const [error, says] of [
      [refused, /sslmode=require/],
      [new Error('The server does not support SSL connections'), /speaks no TLS/],
    ] as const) {
      const failure = storeRefused(url, error);
      assert.ok(isFailure(failure, 'store-refused'));
      assert.match(failure.message, says);
      assert.ok(!failure.message.includes('sesame'));
    }
    const other = new Error('anything else');
    assert.equal(storeRefused(url, other), other);
  });

  test('that goes away is `store-unavailable`, and serves again when it is back', { skip }, async () => {
    await using database = await testDatabase();
    await using admin = await openStore({ kind: 'postgres', url: database.url }, stamp);
    await using store = await openStore({ kind: 'postgres', url: database.url }, stamp);
    await admin.ping();
    await assert.rejects(
      store.transact(async () => {
        await store.settings.put('lost', 1);
        await endOtherConnections(database.url);
        await store.settings.put('lost', 2);
      }),
      (error) => isFailure(error, 'store-unavailable'),
    );
    await store.ping();
    assert.equal(await store.settings.get('lost'), null);
  });

  test('servers that start together make the schema once', { skip }, async () => {
    await using database = await testDatabase();
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => openStore({ kind: 'postgres', url: database.url }, stamp)),
    );
    for (const store of stores) await store.ping();
    await stores[0]?.transact(async () => stores[0]?.settings.put('shared', true));
    assert.equal(await stores[3]?.settings.get('shared'), true);
    for (const store of stores) await store[Symbol.asyncDispose]();
  });
});

/** As an operator or a restart would. */
async function endOtherConnections(url: string): Promise<void> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );
  await client.end();
}
