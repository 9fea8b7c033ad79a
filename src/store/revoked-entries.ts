import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { RevokedCertificate } from '../authority/certificate-store.ts';
import { revokedRun } from '../authority/crl-entries.ts';
import type { RevokedEntries, RevokedList, RevokedPlace } from '../authority/revoked-entries.ts';
import type { Sql, SqlRow } from './sql.ts';

type RevokedRow = SqlRow & {
  id: CertificateId;
  serial: string;
  revokedAt: number;
  revocationReason: RevocationReason;
  notAfter: number;
};

/** Of an index that has all these columns. */
export function readRevoked(
  sql: Sql,
  { issuerId, shard, endedBefore }: RevokedList,
  after: RevokedPlace | null,
  limit: number,
): Promise<readonly RevokedCertificate[]> {
  return sql.all<RevokedRow>(
    `SELECT id, serial, revoked_at AS "revokedAt", revocation_reason AS "revocationReason", not_after AS "notAfter"
     FROM certificate
     WHERE issuer_id = $1 AND shard = $2 AND revoked_at IS NOT NULL AND (revoked_at, id) > ($3, $4)
       AND (not_after >= $5 OR revoked_at >= $5)
     ORDER BY revoked_at, id LIMIT $6`,
    [issuerId, shard, after?.revokedAt ?? 0, after?.id ?? '', endedBefore, limit],
  );
}

/** On SQLite a thread of its own does this; on PostgreSQL the main one, a millisecond's worth at a time. */
const atOnce = { sqlite: 5000, postgres: 400 };

export function revokedEntries(sql: Sql): RevokedEntries {
  const limit = atOnce[sql.dialect];
  return { next: async (list, after) => revokedRun(await readRevoked(sql, list, after, limit), limit) };
}
