import { groupUses } from '../assignments/group-uses.ts';
import { type ImportDirectoryInput, importDirectory } from '../directory/import-directory.ts';
import { systemCause } from '../events/event.ts';
import { atMostEvery } from '../lib/at-most-every.ts';
import type { Bound } from '../lib/bound.ts';
import { second } from '../lib/clock.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Traffic } from '../lib/traffic.ts';
import { type ReconcileLoop, startReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import { consideratePace } from '../lifecycle/reconcile-pace.ts';
import { deleteDevices, retire } from '../lifecycle/remove.ts';
import { renewDue } from '../lifecycle/renew-due.ts';
import { revokeSuperseded } from '../lifecycle/revoke-superseded.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { type RemovalFeature, reconcileDeps } from './removals.ts';
import { withCrls } from './with-crls.ts';

export type LifecycleFeature = ReturnType<typeof composeLifecycle>;

/** Opened in one transaction; others have their turn before the next. */
const renewalsPerBatch = 200;

/** `onDue`: something is due now for devices that may be waiting to hear of it. */
export function composeLifecycle(foundation: Foundation, authority: AuthorityFeature, onDue: () => void) {
  const { store, clock } = foundation;
  const revokeSupersededBatches = withCrls(foundation, authority, async (deps, input: { readonly limit: number }) => {
    while ((await revokeSuperseded({ ...store, clock, revoke: deps.revoke }, input)) > 0) await nextTask();
  });
  return {
    retire: withCrls(foundation, authority, retire) satisfies Bound<typeof retire>,
    /** The device ended its management: `also` writes that, in the transaction of the retirement. */
    retireAndAlso: withCrls(
      foundation,
      authority,
      (deps, { also, ...input }: Parameters<typeof retire>[1] & { readonly also: () => Promise<void> }) =>
        deps.transact(async () => {
          await also();
          return retire(deps, input);
        }),
    ),
    deleteDevices: withCrls(foundation, authority, deleteDevices) satisfies Bound<typeof deleteDevices>,
    /** Here because pruning deletes devices. */
    importDirectory: withCrls(foundation, authority, (removal, input: ImportDirectoryInput) =>
      importDirectory(
        {
          ...store,
          clock,
          groupUses: (groupIds) => groupUses(store, groupIds),
          deleteDevices: (devices) => deleteDevices(removal, devices),
        },
        input,
      ),
    ),
    /** Opens all that is to be renewed by now; the devices are served at their next check-in, and connected ones at once. */
    renewDue: async () => {
      while ((await renewDue({ ...store, clock }, { limit: renewalsPerBatch, cause: systemCause })) > 0) {
        onDue();
        await nextTask();
      }
    },
    /** What profiles want revoked once its successor is installed, or some time later. */
    revokeSuperseded: () => revokeSupersededBatches({ limit: renewalsPerBatch }),
  };
}

/** Reconciles whatever a committed transaction marked, from now on; decides what becomes of many that lose something at once. */
export function composeReconciling(
  foundation: Foundation,
  traffic: Traffic,
  removals: Pick<RemovalFeature, 'decide' | 'revocations'>,
  onChange: () => void,
): ReconcileLoop {
  const { store, clock, log, marked } = foundation;
  // Whoever waits for news is looked up each time: for every batch that would come to more than the batches themselves.
  const changed = atMostEvery(second, onChange);
  const loop = startReconcileLoop(reconcileDeps(foundation), {
    cause: systemCause,
    clock,
    // SQLite works on this thread; PostgreSQL elsewhere, and each batch costs some ways there and back.
    pace: consideratePace(clock, traffic, store.kind === 'sqlite' ? 5 : 30),
    onBatch: (counts) => {
      log.debug('reconciled', counts);
      if (counts.removed > 0) removals.revocations.notify();
      changed();
    },
    onEmpty: async () => {
      const { held, released } = await removals.decide();
      if (held > 0) log.warn('many devices would lose something at once: that waits to be confirmed', { held });
      if (released === 0) return;
      removals.revocations.notify();
      changed();
    },
    onError: (error) => log.error('reconciling failed and will be tried again', error),
  });
  marked.listen(loop.notify);
  loop.notify();
  return loop;
}
