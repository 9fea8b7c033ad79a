import { removeUsers } from '../directory/remove-users.ts';
import type { Cause } from '../events/event.ts';
import { rewriteEvents } from '../events/seal/rewrite-events.ts';
import { fence, type Lease } from '../lib/lease.ts';
import { beginErasure, type EraseDeps, finishErasure } from '../lifecycle/erasure/erase-user.ts';
import { type Erasure, pseudonymOf } from '../lifecycle/erasure/erasure.ts';
import { findPerson } from '../lifecycle/erasure/find-person.ts';
import { formerUsers } from '../lifecycle/erasure/former-users.ts';
import { takeOut } from '../lifecycle/erasure/take-out.ts';
import type { ReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import type { Foundation } from './foundation.ts';

export type ErasureFeature = ReturnType<typeof composeErasure>;

export function composeErasure(
  { store, clock, node, leases, auditKey }: Foundation,
  reconciling: Pick<ReconcileLoop, 'device'>,
) {
  const find = (idOrName: string) =>
    findPerson({ ...store, formerUsers: (name) => formerUsers(store.storedEvents, name) }, idOrName);
  const depsFor = (lease: Lease | null): EraseDeps => {
    const publish = <T>(work: () => Promise<T>) =>
      store.transact(async () => {
        if (lease !== null) await fence(store.leases, lease);
        return work();
      });
    return {
      ...store,
      clock,
      steps: {
        findPerson: find,
        removeUser: (userId, cause) => removeUsers(store, { userIds: [userId], cause }),
        reconcile: (deviceId) => reconciling.device(deviceId),
        takeOut: (person) => {
          const detail = { pseudonym: pseudonymOf(person.userId) };
          const rewriting = {
            chain: store.sealChain,
            events: store.storedEvents,
            key: auditKey,
            by: { clock, node },
            publish,
          };
          return takeOut(
            {
              ...store,
              write: { publish, rewriteEvents: (ids, rewrite) => rewriteEvents(rewriting, { ids, rewrite, detail }) },
            },
            person,
          );
        },
      },
    };
  };
  /** As many as are begun; null: another node is at it. */
  const finishAll = (): Promise<readonly Erasure[] | null> =>
    leases.withLease('erasure', async (lease) => {
      const ended: Erasure[] = [];
      for (const erasure of await store.erasures.open()) ended.push(await finishErasure(depsFor(lease), erasure));
      return ended;
    });
  return {
    /** What was begun and interrupted. */
    finishDue: async () => {
      if ((await store.erasures.open()).length > 0) await finishAll();
    },
    useCases: {
      previewErasure: async (user: string) => {
        const person = await find(user);
        const counts = await takeOut({ ...store, write: null }, person);
        return { ...person, pseudonym: pseudonymOf(person.userId), counts };
      },
      eraseUser: async (input: { readonly user: string; readonly confirm: string; readonly cause: Cause }) => {
        const begun = await beginErasure(depsFor(null), input);
        const ended = await finishAll();
        return ended?.find(({ id }) => id === begun.id) ?? begun;
      },
    },
  };
}
