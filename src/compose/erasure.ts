import type { DeviceId } from '../directory/device.ts';
import { removeUsers } from '../directory/remove-users.ts';
import { type Cause, systemCause } from '../events/event.ts';
import { rewriteEvents } from '../events/seal/rewrite-events.ts';
import { fence, type Lease } from '../lib/lease.ts';
import { beginErasure, type EraseDeps, finishErasure } from '../lifecycle/erasure/erase-user.ts';
import { type Erasure, pseudonymOf } from '../lifecycle/erasure/erasure.ts';
import { findPerson } from '../lifecycle/erasure/find-person.ts';
import { formerUsers } from '../lifecycle/erasure/former-users.ts';
import { redactor } from '../lifecycle/erasure/redact.ts';
import { takeOut } from '../lifecycle/erasure/take-out.ts';
import { reconcileConfirmed } from '../lifecycle/reconcile.ts';
import type { ReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import type { Foundation } from './foundation.ts';
import { reconcileDeps } from './removals.ts';

export type ErasureFeature = ReturnType<typeof composeErasure>;

/** Objects whose own texts name the person: of so many a preview says which. */
const mostStaying = 100;

export function composeErasure(
  { store, clock, node, leases, auditKey }: Foundation,
  reconciling: Pick<ReconcileLoop, 'device'>,
) {
  const find = (idOrName: string) =>
    findPerson({ ...store, formerUsers: (name) => formerUsers(store.storedEvents, name) }, idOrName);
  /** Whoever erases a person means that one: what they had goes, however many others wait to be confirmed. */
  const reconcile = async (deviceId: DeviceId, userId: string) => {
    await reconciling.device(deviceId);
    const deployments = await store.deployments.byDevices([deviceId]);
    const held = deployments.filter((each) => each.removal === 'held' && each.userId === userId);
    if (held.length === 0) return;
    const removals = { removals: held, cause: systemCause };
    await store.transact(() => reconcileConfirmed(reconcileDeps({ store, clock }), removals));
  };
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
        reconcile,
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
              write: {
                publish,
                rewriteEvents: (ids, rewrite) => rewriteEvents(rewriting, { ids, rewrite, detail }),
                settleDeliveries: () => store.outbox.lock(),
              },
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
        const { texts } = redactor(person.traces, '', person.userId);
        const stays = await store.personalTexts.staying({ texts }, mostStaying);
        return { ...person, pseudonym: pseudonymOf(person.userId), counts, stays };
      },
      eraseUser: async (input: { readonly user: string; readonly confirm: string; readonly cause: Cause }) => {
        const begun = await beginErasure(depsFor(null), input);
        const ended = await finishAll();
        return ended?.find(({ id }) => id === begun.id) ?? begun;
      },
    },
  };
}
