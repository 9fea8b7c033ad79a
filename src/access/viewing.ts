/**
 * On whose behalf something is read, ambient like transactions (docs/decisions/0036): the store shows rows to whoever this
 * says. It is set in one place, between a route's permission and its handler; reading as nobody is a fault, never everything.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { everywhere, type Principal, type Scope } from './principal.ts';

export type Viewer = {
  /** Of the principal; null: the server itself. */
  readonly id: Principal['id'] | null;
  /** Where it may do what it is about to do; what shares a tag with one of them is visible. */
  readonly scopes: readonly Scope[];
  /** Where it may assign profiles. */
  readonly assigns: readonly Scope[];
};

/** Sees everything. */
export const theServer: Viewer = { id: null, scopes: [everywhere], assigns: [everywhere] };

const storage = new AsyncLocalStorage<Viewer>();

export function viewing<T>(viewer: Viewer, work: () => T): T {
  return storage.run(viewer, work);
}

export function viewerNow(): Viewer {
  const viewer = storage.getStore();
  if (viewer === undefined) throw new Error('Nobody looks: what callers may see is read on behalf of one (viewing).');
  return viewer;
}

export function viewerNowOrNull(): Viewer | null {
  return storage.getStore() ?? null;
}

/** Null: nobody looks, or who does sees everything. */
export function limitedViewer(): Viewer | null {
  const viewer = storage.getStore();
  return viewer === undefined || seesEverything(viewer) ? null : viewer;
}

/** Whether somebody looks of whom this is true. */
export function isWatchedBy(is: (viewer: Viewer) => boolean): boolean {
  const viewer = storage.getStore();
  return viewer !== undefined && is(viewer);
}

export function seesEverything({ scopes }: Viewer): boolean {
  return scopes.some(({ scopeTags }) => scopeTags === 'all');
}

/** What is read of it later, from anywhere, is read for whoever looks now: answers that are streamed. */
export function keepViewer<T>(items: AsyncIterable<T>): AsyncIterable<T> {
  const viewer = viewerNow();
  return {
    [Symbol.asyncIterator]() {
      const iterator = items[Symbol.asyncIterator]();
      return {
        next: () => storage.run(viewer, () => iterator.next()),
        return: async (value) => iterator.return?.(value) ?? { done: true, value: undefined },
      };
    },
  };
}
