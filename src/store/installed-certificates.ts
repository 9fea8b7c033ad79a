import type { InstalledCertificates } from '../delivery/installed-certificates.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & { id: string; thumbprint256: string; revoked_at: number | null };

const earlier = `SELECT id FROM certificate
  WHERE deployment_id = $1 AND generation < $2 AND revoked_at IS NULL AND superseded_at IS NULL AND not_after > $3
  ORDER BY id`;

const beforeEdit = `SELECT id FROM certificate
  WHERE deployment_id = $1 AND generation < $2 AND revoked_at IS NULL AND not_after > $3 ORDER BY id`;

/** What was to be revoked earlier than that still is. */
const decideByEdit = `UPDATE certificate SET superseded_at = COALESCE(superseded_at, $2), revoke_reason = $4,
  revoke_at = CASE WHEN revoke_at <= $3 THEN revoke_at ELSE $3 END WHERE id = $1`;

const leaveByEdit = 'UPDATE certificate SET superseded_at = $2 WHERE id = $1 AND superseded_at IS NULL';

const endEdit = 'UPDATE deployment SET edited_generation = NULL WHERE id = $1 AND edited_generation = $2';

/** Read at every check-in: without the certificates themselves. */
export function installedCertificates(sql: Sql): InstalledCertificates {
  const select = `SELECT id, thumbprint256, revoked_at FROM certificate WHERE ${isAnyOf(sql, 'id', '$1')}`;
  return {
    async getMany(ids) {
      const rows = ids.length === 0 ? [] : await sql.all<Row>(select, [JSON.stringify(ids)]);
      return new Map(rows.map(({ id, thumbprint256, revoked_at: revokedAt }) => [id, { thumbprint256, revokedAt }]));
    },
    async markInstalled(id, at) {
      const text = 'UPDATE certificate SET installed_at = $2 WHERE id = $1 AND installed_at IS NULL';
      return (await sql.run(text, [id, at])) === 1;
    },
    async supersede({ id, issuedGeneration }, { at, revokeAt }) {
      const rows = await sql.all<SqlRow & { id: string }>(earlier, [id, issuedGeneration, at]);
      await sql.runMany(
        'UPDATE certificate SET superseded_at = $2, revoke_at = $3 WHERE id = $1',
        rows.map((row) => [row.id, at, revokeAt]),
      );
      return rows.map((row) => row.id);
    },
    async supersedeEdited({ id, editedGeneration }, { at, revokeAt, reason }) {
      if ((await sql.run(endEdit, [id, editedGeneration])) === 0) return [];
      const rows = await sql.all<SqlRow & { id: string }>(beforeEdit, [id, editedGeneration, at]);
      const ids = rows.map((row) => row.id);
      if (revokeAt === null)
        await sql.runMany(
          leaveByEdit,
          ids.map((one) => [one, at]),
        );
      else
        await sql.runMany(
          decideByEdit,
          ids.map((one) => [one, at, revokeAt, reason]),
        );
      return ids;
    },
  };
}
