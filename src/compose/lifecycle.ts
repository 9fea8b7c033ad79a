import { systemCause } from '../events/event.ts';
import type { ReconcileDeps } from '../lifecycle/reconcile.ts';
import { type ReconcileLoop, startReconcileLoop } from '../lifecycle/reconcile-loop.ts';
import type { Foundation } from './foundation.ts';

/** Reconciles whatever a committed transaction marked, from now on. */
export function composeReconciling(foundation: Foundation): ReconcileLoop {
  const { store, clock, log, marked } = foundation;
  const deps: ReconcileDeps = { ...store, clock, wanted: { ...store, reach: store } };
  const loop = startReconcileLoop(deps, {
    cause: systemCause,
    onBatch: (counts) => log.debug('reconciled', counts),
    onError: (error) => log.error('reconciling failed and will be tried again', error),
  });
  marked.listen(loop.notify);
  loop.notify();
  return loop;
}
