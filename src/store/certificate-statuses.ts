import type { CertificateStatus, CertificateStatuses } from '../authority/certificate-status.ts';
import type { Sql, SqlRow } from './sql.ts';

export function certificateStatuses(sql: Sql): CertificateStatuses {
  return {
    status: (issuerId, serial) =>
      sql.one<SqlRow & CertificateStatus>(
        `SELECT state, revoked_at AS "revokedAt", revocation_reason AS "revocationReason"
         FROM certificate WHERE serial = $2 AND issuer_id = $1`,
        [issuerId, serial],
      ),
  };
}
