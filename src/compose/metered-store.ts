import type { Clock } from '../lib/clock.ts';
import type { ProcessMetrics } from '../reporting/metrics/process-metrics.ts';
import type { Store } from '../store/store.ts';

/** The same store; what it issues and refuses is counted, once it is durable. */
export function meteredStore(
  store: Store,
  clock: Pick<Clock, 'monotonic'>,
  { issued, operations, failures, commitTime }: ProcessMetrics,
): Store {
  const { ledger, scepTransactions } = store;
  return {
    ...store,
    ledger: {
      commit: async (issuance) => {
        const began = clock.monotonic();
        const result = await ledger.commit(issuance);
        if (result.kind === 'committed') {
          commitTime.observe('issuance', clock.monotonic() - began);
          const profile = issuance.transaction.profileId ?? '';
          issued.add(profile, issuance.proof.kind);
          operations.add(profile, 'issued');
        }
        return result;
      },
    },
    scepTransactions: {
      ...scepTransactions,
      append: async (row) => {
        await scepTransactions.append(row);
        if (row.operation !== 'PKIOperation') return;
        operations.add(row.profileId ?? '', row.outcome);
        if (row.reason !== null) failures.add(row.profileId ?? '', row.reason);
      },
    },
  };
}
