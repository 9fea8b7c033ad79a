import type { CertificateStatus, CertificateStatuses } from '../authority/certificate-status.ts';
import { idAt } from '../lib/ids.ts';
import type { Sql, SqlRow } from './sql.ts';

const live = `SELECT id FROM certificate
  WHERE issuer_id = $1 AND purpose = 'device' AND revoked_at IS NULL AND not_after > $2`;

export function certificateStatuses(sql: Sql): CertificateStatuses {
  return {
    status: (issuerId, serial) =>
      sql.one<SqlRow & CertificateStatus>(
        `SELECT state, revoked_at AS "revokedAt", revocation_reason AS "revocationReason"
         FROM certificate WHERE serial = $2 AND issuer_id = $1`,
        [issuerId, serial],
      ),
    async anyLive(issuerId, now, since) {
      const row =
        since === undefined
          ? await sql.one(`${live} LIMIT 1`, [issuerId, now])
          : await sql.one(`${live} AND id >= $3 LIMIT 1`, [issuerId, now, idAt(since)]);
      return row !== null;
    },
    async lastRevokedEnd(issuerId, now) {
      const row = await sql.one<SqlRow & { end: number | null }>(
        `SELECT max(not_after) AS "end" FROM certificate
         WHERE issuer_id = $1 AND revoked_at IS NOT NULL AND not_after > $2`,
        [issuerId, now],
      );
      return row?.end ?? null;
    },
    async hold() {
      // On SQLite the transaction itself keeps every other writer out.
      if (sql.dialect === 'postgres') await sql.run('LOCK TABLE certificate IN SHARE ROW EXCLUSIVE MODE');
    },
  };
}
