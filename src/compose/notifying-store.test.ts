import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { aDevice } from '../../test/support/records.ts';
import { openTestStores } from '../../test/support/stores.ts';
import type { DeploymentId } from '../deployments/deployment.ts';
import { notifyingStore } from './notifying-store.ts';

test('whoever leaves devices marked, or touches removals, says so once it is committed; who sees to them does not', async () => {
  await using stores = await openTestStores();
  const { store, marked } = notifyingStore(stores, () => {}, fakeClock());
  let told = 0;
  marked.listen(() => {
    told += 1;
  });
  const after = async (work: () => Promise<unknown>) => {
    const before = told;
    await store.transact(work).catch(() => {});
    return told - before;
  };
  const [one, other] = [aDevice(), aDevice()];
  const { dirtyQueue, devices, removals } = store;
  const see = async () => {
    const mark = await dirtyQueue.takeOne(one.id);
    if (mark !== null) await dirtyQueue.done([mark]);
  };
  assert.equal(await after(() => devices.save([one, other])), 0);
  assert.equal(await after(() => dirtyQueue.mark([one.id])), 1);
  assert.equal(await after(see), 0);
  const both = async (...ids: (typeof one.id)[]) => {
    await dirtyQueue.mark(ids);
    await see();
  };
  assert.equal(await after(() => both(one.id)), 0);
  assert.equal(await after(() => both(one.id, other.id)), 1);
  const again = async () => {
    await both(one.id);
    await dirtyQueue.mark([one.id]);
  };
  assert.equal(await after(again), 1);
  const failing = async () => {
    await dirtyQueue.mark([other.id]);
    throw new Error('undo');
  };
  assert.equal(await after(failing), 0);
  assert.equal(await after(() => dirtyQueue.markAll()), 1);
  assert.equal(await after(() => removals.end(['none' as DeploymentId])), 1);
});
