import { type SealReport, type VerifySeals, verifySeals } from '../events/seal/verify-seals.ts';
import type { AuditUseCases } from '../http/admin/audit-routes.ts';
import { Failure } from '../lib/failure.ts';
import { auditLog, auditLogEntry, auditLogPages } from '../reporting/audit-log.ts';
import type { Foundation } from './foundation.ts';

/** The audit log, for administrators to look at. */
export function composeAudit({ store, auditKey }: Foundation): AuditUseCases {
  let verifying = false;
  const verify = async (input: VerifySeals): Promise<SealReport> => {
    if (verifying)
      throw new Failure(
        'limited',
        'audit-verification-running',
        'The audit log is being verified already. Wait for that.',
      );
    verifying = true;
    try {
      return await verifySeals({ chain: store.sealChain, events: store.storedEvents, key: auditKey }, input);
    } finally {
      verifying = false;
    }
  };
  return {
    auditLog: (input) => auditLog(store, input),
    auditLogEntry: (id) => auditLogEntry(store, id),
    auditLogPages: (query) => auditLogPages(store, query),
    verify,
    head: async () => {
      const last = await store.sealChain.latest();
      return last && { number: last.number, mac: last.mac };
    },
  };
}
