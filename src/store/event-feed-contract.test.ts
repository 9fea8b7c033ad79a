/** Every event once, in an order that does not depend on which transaction ends first. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { openTestStores, storeKinds, storeTest } from '../../test/support/stores.ts';
import { testDatabase } from '../../test/support/test-database.ts';
import { type NewEvent, systemCause } from '../events/event.ts';
import { systemClock } from '../lib/clock.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

function named(name: string): NewEvent {
  return { type: 'directory.changed', cause: systemCause, subjects: [{ kind: 'group', id: 'g' }], data: { name } };
}

function write(stores: Store, ...names: string[]): Promise<void> {
  return stores.transact(() => stores.events.append(names.map(named)));
}

/** Follows to the end, a page at a time. */
function follower(stores: Store, position: string, limit = 2) {
  let at = position;
  return async (): Promise<unknown[]> => {
    const seen: unknown[] = [];
    for (;;) {
      const page = await stores.feed.after(at, limit);
      at = page.position;
      if (page.events.length === 0) return seen;
      seen.push(...page.events.map(({ data }) => data.name));
    }
  };
}

suite('the feed of events', () => {
  storeTest('hands out what comes after a position, in order, once', async (stores) => {
    await write(stores, 'before');
    const next = follower(stores, await stores.feed.now());
    assert.deepEqual(await next(), []);
    await write(stores, 'a', 'b');
    await write(stores, 'c');
    assert.deepEqual(await next(), ['a', 'b', 'c']);
    assert.deepEqual(await next(), []);
    await assert.rejects(
      stores.transact(async () => {
        await stores.events.append([named('undone')]);
        throw new Error('undo');
      }),
    );
    await write(stores, 'd');
    assert.deepEqual(await next(), ['d']);
    const [event] = (await stores.feed.after('', 1)).events;
    assert.deepEqual(
      [event?.type, event?.data, event?.subjects],
      ['directory.changed', { name: 'before' }, [{ kind: 'group', id: 'g' }]],
    );
  });

  const skip = !storeKinds().includes('postgres') && 'needs SCEPWARD_TEST_POSTGRES (npm test sets it)';

  test('a transaction that ends late hides nothing, however many end before it (postgres)', { skip }, async () => {
    await using database = await testDatabase();
    const open = () => openStore({ kind: 'postgres', url: database.url }, { clock: systemClock, node: 'a' });
    await using one = await open();
    await using other = await open();
    const next = follower(one, await one.feed.now());
    const written = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const late = one.transact(async () => {
      await one.events.append([named('late')]);
      written.resolve();
      await gate.promise;
    });
    await written.promise;
    await write(other, 'early');
    const seen = await next();
    gate.resolve();
    await late;
    await write(other, 'last');
    assert.deepEqual([...seen, ...(await next())].sort(), ['early', 'last', 'late']);
    assert.deepEqual(await next(), []);
  });

  test('other databases of the cluster hold up nothing (postgres)', { skip }, async () => {
    await using database = await testDatabase();
    await using elsewhere = await testDatabase();
    const open = (url: string) => openStore({ kind: 'postgres', url }, { clock: systemClock, node: 'a' });
    await using stores = await open(database.url);
    await using others = await open(elsewhere.url);
    const next = follower(stores, await stores.feed.now());
    await others.transact(async () => {
      await others.events.append([named('elsewhere')]);
      await write(stores, 'a');
      await write(stores, 'b');
      assert.deepEqual(await next(), ['a', 'b']);
    });
  });

  test('goes on in a cluster that the events were restored into (postgres)', { skip }, async () => {
    await using database = await testDatabase();
    const open = () => openStore({ kind: 'postgres', url: database.url }, { clock: systemClock, node: 'a' });
    const far = 1_000_000_000;
    await using before = await open();
    await before.transact(() => before.outbox.lock());
    await write(before, 'old');
    const { position } = await before.feed.after(await before.feed.now(), 1);
    await write(before, 'waiting');
    const [event] = (await before.feed.after(position, 10)).events;
    // As it looks when the numbers of the cluster that it came from were higher.
    await before.transact(() => before.outbox.restart(`${far}:${event?.id}`));
    await using _ = await open();
    const rebased = await before.outbox.position();
    const next = follower(before, rebased ?? '');
    assert.deepEqual((await next()).slice(-1), ['waiting']);
    await write(before, 'new');
    assert.deepEqual(await next(), ['new']);
  });

  test('is in order after the clock was set back a little (sqlite)', async () => {
    await using stores = await openTestStores();
    await write(stores, 'a');
    const { continueIdsAfter, newId, timeOfId } = await import('../lib/ids.ts');
    const last = newId({ now: () => systemClock.now() + 1000 });
    continueIdsAfter(last);
    const next = newId({ now: () => systemClock.now() - 60_000 });
    assert.ok(next > last, `${next} > ${last}`);
    assert.ok(timeOfId(next) >= timeOfId(last));
  });
});
