import type { InstalledCertificates } from '../delivery/installed-certificates.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & { id: string; thumbprint256: string; revoked_at: number | null };

/** Read at every check-in: without the certificates themselves. */
export function installedCertificates(sql: Sql): InstalledCertificates {
  const select = `SELECT id, thumbprint256, revoked_at FROM certificate WHERE ${isAnyOf(sql, 'id', '$1')}`;
  return {
    async getMany(ids) {
      const rows = ids.length === 0 ? [] : await sql.all<Row>(select, [JSON.stringify(ids)]);
      return new Map(rows.map(({ id, thumbprint256, revoked_at: revokedAt }) => [id, { thumbprint256, revokedAt }]));
    },
    async markInstalled(id, at) {
      await sql.run('UPDATE certificate SET installed_at = $2 WHERE id = $1 AND installed_at IS NULL', [id, at]);
    },
  };
}
