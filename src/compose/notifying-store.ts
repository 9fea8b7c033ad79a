import { AsyncLocalStorage } from 'node:async_hooks';
import type { DeviceId } from '../directory/device.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Store } from '../store/store.ts';

/** Devices that are told apart; of more it is enough to know that there are some. */
const few = 100;

export type Notifier = {
  /** At most one listener: the reconcile loop. */
  listen(listener: () => void): void;
};

type Work = { readonly marked: Set<DeviceId>; more: boolean };

/**
 * The same store, which says when a committed transaction has left work for reconciling, so that it is done at once and nobody
 * polls for it, and how long each transaction took. A check-in marks its own device and sees to it: that leaves nothing.
 */
export function notifyingStore(
  store: Store,
  committed: (milliseconds: number) => void,
  clock: Pick<Clock, 'monotonic'>,
): { readonly store: Store; readonly marked: Notifier } {
  const current = new AsyncLocalStorage<Work>();
  let notify = () => {};
  const note = (deviceIds: readonly DeviceId[] | 'many') => {
    const work = current.getStore();
    if (work === undefined) return;
    if (deviceIds === 'many' || deviceIds.length > few) work.more = true;
    else for (const id of deviceIds) work.marked.add(id);
  };
  const transact: Transact = async (work) => {
    if (current.getStore() !== undefined) return store.transact(work);
    const left: Work = { marked: new Set(), more: false };
    const began = clock.monotonic();
    const result = await current.run(left, () => store.transact(work));
    committed(clock.monotonic() - began);
    if (left.more || left.marked.size > 0) notify();
    return result;
  };
  const { dirtyQueue, removals } = store;
  return {
    store: {
      ...store,
      transact,
      dirtyQueue: {
        ...dirtyQueue,
        mark: (deviceIds, about) => {
          note(deviceIds);
          return dirtyQueue.mark(deviceIds, about);
        },
        markAll: (platform, about) => {
          note('many');
          return dirtyQueue.markAll(platform, about);
        },
        done: (taken) => {
          for (const { deviceId } of taken) current.getStore()?.marked.delete(deviceId);
          return dirtyQueue.done(taken);
        },
      },
      removals: {
        ...removals,
        // What becomes of them is decided when the queue is empty.
        save: (some) => {
          if (some.length > 0) note('many');
          return removals.save(some);
        },
        end: (ids) => {
          if (ids.length > 0) note('many');
          return removals.end(ids);
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
