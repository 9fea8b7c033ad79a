/** One holder by name, takeover from a silent one, and fencing, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { storeTest } from '../../test/support/stores.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { createLeases, fence, leaseBeat, leaseTerm } from '../lib/lease.ts';
import type { Store } from './store.ts';

const lost = (error: unknown) => isFailure(error, 'lease-lost');

/** Two nodes on one store, each with a clock of its own. */
function twoNodes(stores: Store) {
  const node = (name: string, start: number) => {
    const clock = fakeClock(start);
    return { clock, ...createLeases({ ...stores, clock, node: name }) };
  };
  return { a: node('a', 0), b: node('b', 1_000_000) };
}

suite('leases', () => {
  storeTest('have one holder, who keeps them as long as the counter moves', async (stores) => {
    const { a, b } = twoNodes(stores);
    const lease = await a.holdLease('crl');
    assert.deepEqual(lease, { name: 'crl', token: 1 });
    assert.deepEqual(await a.holdLease('crl'), lease, 'asked again it is the same');
    for (let round = 0; round < 10; round++) {
      assert.equal(await b.holdLease('crl'), null);
      a.clock.advance(leaseBeat);
      b.clock.advance(leaseBeat);
      await a.beat();
      await b.beat();
    }
    assert.deepEqual(await b.holdLease('other'), { name: 'other', token: 1 });
    assert.deepEqual(
      (await stores.leases.all()).map(({ name, holder, beat }) => ({ name, holder, beat })),
      [
        { name: 'crl', holder: 'a', beat: 10 },
        { name: 'other', holder: 'b', beat: 0 },
      ],
    );
  });

  storeTest('go over when the counter stood still for the term, on the clock of who waits', async (stores) => {
    const { a, b } = twoNodes(stores);
    assert.ok(await a.holdLease('crl'));
    a.clock.advance(1_000_000);
    assert.equal(await b.holdLease('crl'), null, 'a stranger waits from when it looked first');
    b.clock.advance(leaseTerm - 1);
    assert.equal(await b.holdLease('crl'), null);
    b.clock.advance(1);
    assert.deepEqual(await b.holdLease('crl'), { name: 'crl', token: 2 });
  });

  storeTest('are watched by beating alone, so that a rare asker need not ask twice', async (stores) => {
    const { a, b } = twoNodes(stores);
    assert.ok(await a.holdLease('crl'));
    assert.equal(await b.holdLease('crl'), null);
    await a.beat();
    await b.beat();
    b.clock.advance(leaseTerm);
    assert.ok(await b.holdLease('crl'));
  });

  storeTest('a holder that slept finds out, and its late publication is refused', async (stores) => {
    const { a, b } = twoNodes(stores);
    const old = await a.holdLease('crl');
    assert.ok(old);
    await b.holdLease('crl');
    b.clock.advance(leaseTerm);
    const current = await b.holdLease('crl');
    assert.ok(current);
    const publish = (lease: typeof old, value: string) =>
      stores.transact(async () => {
        await fence(stores.leases, lease);
        await stores.settings.put('published', value);
      });
    await assert.rejects(publish(old, 'late'), lost);
    await publish(current, 'current');
    assert.equal(await stores.settings.get('published'), 'current');
    a.clock.advance(leaseTerm);
    assert.equal(await a.holdLease('crl'), null, 'after a silent term it asks before it believes');
    await a.beat();
    assert.equal((await stores.leases.find('crl'))?.holder, 'b');
  });

  storeTest('of many that take at once, one wins', async (stores) => {
    const nodes = Array.from({ length: 8 }, (_, index) =>
      createLeases({ ...stores, clock: fakeClock(), node: `n${index}` }),
    );
    for (const name of ['new', 'new again']) {
      const taken = await Promise.all(nodes.map((node) => node.holdLease(name)));
      assert.equal(taken.filter((lease) => lease !== null).length, 1, name);
    }
  });

  storeTest('fencing keeps a contender waiting until the publication is stored', async (stores) => {
    const { a } = twoNodes(stores);
    const lease = await a.holdLease('crl');
    assert.ok(lease);
    const seen = await stores.leases.find('crl');
    const fenced = Promise.withResolvers<void>();
    const taken = fenced.promise.then(() => stores.transact(() => stores.leases.take('crl', 'b', seen)));
    await stores.transact(async () => {
      await fence(stores.leases, lease);
      fenced.resolve();
      await new Promise((resolve) => setImmediate(resolve));
      await stores.settings.put('published', 1);
    });
    assert.equal(await taken, null, 'the counter has moved');
  });

  storeTest('for one piece of work are released after it, also when it fails', async (stores) => {
    const { a, b } = twoNodes(stores);
    const ran = await a.withLease('job', async (lease) => {
      assert.equal(await b.withLease('job', async () => 'b'), null);
      assert.equal(await a.holdLease('job'), null);
      return lease.token;
    });
    assert.equal(ran, 1);
    let running = 0;
    const alone = async () => {
      assert.equal(++running, 1, 'on one node they take turns');
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return true;
    };
    assert.deepEqual(await Promise.all([1, 2, 3].map(() => a.withLease('turns', alone))), [true, true, true]);
    await assert.rejects(
      b.withLease('job', () => Promise.reject(new Failure('unavailable', 'no-luck', 'No luck.'))),
      (error) => isFailure(error, 'no-luck'),
    );
    assert.equal(await a.withLease('job', async (lease) => lease.token), 3);
  });

  storeTest('are released when the node stops', async (stores) => {
    const { a, b } = twoNodes(stores);
    assert.ok(await a.holdLease('crl'));
    await a[Symbol.asyncDispose]();
    assert.deepEqual(await b.holdLease('crl'), { name: 'crl', token: 2 });
  });
});
