/**
 * On whose behalf something is read, ambient like transactions (docs/decisions/0031): the store shows rows to whoever this
 * says. It is set in one place, between a route's permission and its handler; reading as nobody is a fault, never everything.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { everywhere, type Principal, type Scope } from './principal.ts';

export type Viewer = {
  /** Of the principal; null: the server itself. */
  readonly id: Principal['id'] | null;
  /** Where it may do what it is about to do; what shares a tag with one of them is visible. */
  readonly scopes: readonly Scope[];
};

/** Sees everything. */
export const theServer: Viewer = { id: null, scopes: [everywhere] };

const storage = new AsyncLocalStorage<Viewer>();

export function viewing<T>(viewer: Viewer, work: () => T): T {
  return storage.run(viewer, work);
}

export function viewerNow(): Viewer {
  const viewer = storage.getStore();
  if (viewer === undefined) throw new Error('Nobody looks: what callers may see is read on behalf of one (viewing).');
  return viewer;
}

/** Whether somebody looks of whom this is true. */
export function isWatchedBy(is: (viewer: Viewer) => boolean): boolean {
  const viewer = storage.getStore();
  return viewer !== undefined && is(viewer);
}

export function seesEverything({ scopes }: Viewer): boolean {
  return scopes.some(({ scopeTags }) => scopeTags === 'all');
}

/** A function that may be called later from anywhere and still reads for whoever looks now: answers that are streamed. */
export function keepViewer<Given extends unknown[], T>(work: (...given: Given) => T): (...given: Given) => T {
  const viewer = viewerNow();
  return (...given) => storage.run(viewer, () => work(...given));
}
