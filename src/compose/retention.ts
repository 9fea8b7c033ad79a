import { type Cause, systemCause } from '../events/event.ts';
import { pruneEvents } from '../events/seal/prune-events.ts';
import type { Bound } from '../lib/bound.ts';
import { Failure } from '../lib/failure.ts';
import { fence } from '../lib/lease.ts';
import { applyRetention, type Pruned } from '../lifecycle/retention/apply-retention.ts';
import { saveRetention } from '../lifecycle/retention/save-retention.ts';
import type { Foundation } from './foundation.ts';

export type RetentionFeature = ReturnType<typeof composeRetention>;

export function composeRetention({ store, clock, node, log, leases, auditKey }: Foundation) {
  /** Null: a node is at it already. */
  const run = (cause: Cause): Promise<Pruned | null> =>
    leases.withLease('retention', (lease) => {
      const publish = <T>(work: () => Promise<T>) =>
        store.transact(async () => {
          await fence(store.leases, lease);
          return work();
        });
      const pruning = {
        chain: store.sealChain,
        events: store.storedEvents,
        key: auditKey,
        by: { clock, node },
        publish,
      };
      return applyRetention(
        { ...store, pruneEvents: (before) => pruneEvents(pruning, { before }), by: { clock, publish } },
        { cause },
      );
    });
  return {
    runDue: async () => {
      const pruned = await run(systemCause);
      if (pruned !== null) log.debug('removed what is old enough', pruned);
    },
    useCases: {
      saveRetention: ((input) => saveRetention(store, input)) satisfies Bound<typeof saveRetention>,
      applyRetention: async (cause: Cause): Promise<Pruned> => {
        const pruned = await run(cause);
        if (pruned !== null) return pruned;
        throw new Failure('conflict', 'retention-running', 'A node is at it already. Look again in a moment.');
      },
    },
  };
}
