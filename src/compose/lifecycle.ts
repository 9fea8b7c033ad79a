import { groupUses } from '../assignments/group-uses.ts';
import { recordRevocation } from '../authority/revoke.ts';
import { type ImportDirectoryInput, importDirectory } from '../directory/import-directory.ts';
import { systemCause } from '../events/event.ts';
import type { Bound } from '../lib/bound.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Traffic } from '../lib/traffic.ts';
import type { ReconcileDeps } from '../lifecycle/reconcile.ts';
import { type ReconcileLoop, startReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import { consideratePace } from '../lifecycle/reconcile-pace.ts';
import { deleteDevices, type RemoveDeps, retire } from '../lifecycle/remove.ts';
import { renewDue } from '../lifecycle/renew-due.ts';
import { revokeSuperseded } from '../lifecycle/revoke-superseded.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';
import { holderOf } from './holder-of.ts';

export type LifecycleFeature = ReturnType<typeof composeLifecycle>;

/** Opened in one transaction; others have their turn before the next. */
const renewalsPerBatch = 200;

export function composeLifecycle(foundation: Foundation, authority: AuthorityFeature) {
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
    /** Opens all that is to be renewed by now; the devices are served at their next check-in. */
    renewDue: async () => {
      while ((await renewDue({ ...store, clock }, { limit: renewalsPerBatch, cause: systemCause })) > 0)
        await nextTask();
    },
    /** What profiles want revoked some time after its successor was installed. */
    revokeSuperseded: () => revokeSupersededBatches({ limit: renewalsPerBatch }),
  };
}

/**
 * Runs a use case that revokes, and afterwards publishes the CRLs that it touched. Not for use inside a transaction: it
 * would wait for a signature, and for a CRL that itself waits for that transaction's end.
 */
function withCrls<Input, Result>(
  { store, clock }: Foundation,
  { publisher }: AuthorityFeature,
  useCase: (deps: RemoveDeps, input: Input) => Promise<Result>,
): (input: Input) => Promise<Result> {
  return async (input) => {
    const touched = new Map<string, Parameters<typeof publisher>[0]>();
    const deps: RemoveDeps = {
      ...store,
      clock,
      revoke: async (revocation) => {
        const { certificate } = await recordRevocation({ ...store, clock, holderOf: holderOf(store) }, revocation);
        const { issuerId, shard } = certificate;
        touched.set(`${issuerId}/${shard}`, { issuerId, shard, cause: revocation.cause });
      },
    };
    const result = await useCase(deps, input);
    for (const request of touched.values()) await publisher(request);
    return result;
  };
}

/** Reconciles whatever a committed transaction marked, from now on. */
export function composeReconciling(foundation: Foundation, traffic: Traffic, onChange: () => void): ReconcileLoop {
  const { store, clock, log, marked } = foundation;
  const deps: ReconcileDeps = { ...store, clock, wanted: { ...store, reach: store } };
  const loop = startReconcileLoop(deps, {
    cause: systemCause,
    clock,
    // SQLite works on this thread; PostgreSQL elsewhere, and each batch costs some ways there and back.
    pace: consideratePace(clock, traffic, store.kind === 'sqlite' ? 5 : 30),
    onBatch: (counts) => {
      log.debug('reconciled', counts);
      onChange();
    },
    onError: (error) => log.error('reconciling failed and will be tried again', error),
  });
  marked.listen(loop.notify);
  loop.notify();
  return loop;
}
