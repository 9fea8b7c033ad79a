/** Requests that this server makes of itself, in process, on behalf of somebody: nobody outside can. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Principal } from '../access/principal.ts';

const carrying = new AsyncLocalStorage<Principal>();

/** `work` is awaited within: what `inject` gives does nothing before. */
export function carryOutAs<T>(principal: Principal, work: () => PromiseLike<T>): Promise<T> {
  return carrying.run(principal, async () => await work());
}

/** Null: the request came over the network. */
export function carriedOutAs(): Principal | null {
  return carrying.getStore() ?? null;
}
