import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Store } from '../store/store.ts';

export type Notifier = {
  /** At most one listener: the reconcile loop. */
  listen(listener: () => void): void;
};

/**
 * The same store, which says when a committed transaction has marked devices as dirty, so that they are reconciled at
 * once and nobody polls for it, and how long each transaction took.
 */
export function notifyingStore(
  store: Store,
  committed: (milliseconds: number) => void,
  clock: Pick<Clock, 'monotonic'>,
): { readonly store: Store; readonly marked: Notifier } {
  const current = new AsyncLocalStorage<{ marked: boolean }>();
  let notify = () => {};
  const note = () => {
    const transaction = current.getStore();
    if (transaction !== undefined) transaction.marked = true;
  };
  const transact: Transact = async (work) => {
    if (current.getStore() !== undefined) return store.transact(work);
    const transaction = { marked: false };
    const began = clock.monotonic();
    const result = await current.run(transaction, () => store.transact(work));
    committed(clock.monotonic() - began);
    if (transaction.marked) notify();
    return result;
  };
  const { dirtyQueue } = store;
  return {
    store: {
      ...store,
      transact,
      dirtyQueue: {
        ...dirtyQueue,
        mark: (deviceIds, about) => {
          if (deviceIds.length > 0) note();
          return dirtyQueue.mark(deviceIds, about);
        },
        markAll: (platform, about) => {
          note();
          return dirtyQueue.markAll(platform, about);
        },
      },
    },
    marked: {
      listen: (listener) => {
        notify = listener;
      },
    },
  };
}
