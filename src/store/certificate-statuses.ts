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
    async anyLive(issuerId, now) {
      const row = await sql.one(
        `SELECT id FROM certificate
         WHERE issuer_id = $1 AND purpose = 'device' AND revoked_at IS NULL AND not_after > $2 LIMIT 1`,
        [issuerId, now],
      );
      return row !== null;
    },
  };
}
