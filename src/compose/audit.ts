import { withMarkFindings } from '../events/seal/hold-mark.ts';
import { type SealReport, type VerifyProgress, type VerifySeals, verifySeals } from '../events/seal/verify-seals.ts';
import type { AuditUseCases } from '../http/admin/audit-routes.ts';
import { demandEverything } from '../http/caller.ts';
import { Failure } from '../lib/failure.ts';
import { auditLog, auditLogEntry, auditLogPages } from '../reporting/audit-log.ts';
import type { Foundation } from './foundation.ts';
import { heldMark } from './seal-mark.ts';

/** The audit log, for administrators to look at. */
export function composeAudit({ store, auditKey, config, clock }: Foundation): AuditUseCases {
  let verifying: VerifyProgress | null = null;
  const verify = async (input: VerifySeals): Promise<SealReport> => {
    demandEverything('To verify the audit log');
    if (verifying !== null)
      throw new Failure(
        'limited',
        'audit-verification-running',
        'The audit log is being verified already. Wait for that.',
      );
    verifying = { done: 0, total: 0 };
    try {
      const { findings } = await heldMark(store, auditKey, config, clock.now());
      const deps = { chain: store.sealChain, events: store.storedEvents, key: auditKey };
      const onProgress = (progress: VerifyProgress) => {
        verifying = progress;
      };
      return withMarkFindings(await verifySeals(deps, { ...input, onProgress }), findings);
    } finally {
      verifying = null;
    }
  };
  return {
    auditLog: (input) => auditLog(store.seen, input),
    auditLogEntry: (id) => auditLogEntry(store.seen, id),
    auditLogPages: (query) => auditLogPages(store.seen, query),
    verify,
    verifying: () => verifying,
    head: async () => {
      const last = await store.sealChain.latest();
      return last && { number: last.number, mac: last.mac };
    },
  };
}
