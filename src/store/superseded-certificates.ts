import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import type { SupersededCertificates } from '../lifecycle/superseded-certificates.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type DueRow = SqlRow & {
  id: CertificateId;
  profile_id: ProfileId | null;
  revoke_reason: RevocationReason | null;
};

/** The first two conditions are those of the index, word for word. */
const due = `SELECT id, profile_id, revoke_reason FROM certificate
  WHERE revoke_at IS NOT NULL AND revoked_at IS NULL AND revoke_at <= $1 ORDER BY revoke_at, id LIMIT $2`;

export function supersededCertificates(sql: Sql): SupersededCertificates {
  return {
    async due(now, limit) {
      const rows = await sql.all<DueRow>(due, [now, limit]);
      return rows.map(({ id, profile_id, revoke_reason }) => ({ id, profileId: profile_id, reason: revoke_reason }));
    },
    async leave(ids) {
      if (ids.length === 0) return;
      await sql.run(`UPDATE certificate SET revoke_at = NULL WHERE ${isAnyOf(sql, 'id', '$1')}`, [JSON.stringify(ids)]);
    },
  };
}
