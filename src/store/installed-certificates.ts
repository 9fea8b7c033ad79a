import type { InstalledCertificates } from '../delivery/installed-certificates.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & { id: string; thumbprint256: string; revoked_at: number | null };

const earlier = `SELECT id FROM certificate
  WHERE deployment_id = $1 AND generation < $2 AND revoked_at IS NULL AND superseded_at IS NULL AND not_after > $3
  ORDER BY id`;

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
  };
}
