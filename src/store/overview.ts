import type { DeploymentState } from '../deployments/deployment.ts';
import type { Platform } from '../directory/platform.ts';
import type { OverviewStore } from '../reporting/overview-store.ts';
import type { Sql, SqlRow } from './sql.ts';

type DeploymentRow = SqlRow & { profile_id: string; state: DeploymentState; wanted: number; count: number };
type DeviceRow = SqlRow & { platform: Platform; count: number };
type CertificateRow = SqlRow & { status: 'valid' | 'expired' | 'revoked'; count: number };

export function overview(sql: Sql): OverviewStore {
  return {
    async deployments() {
      const rows = await sql.all<DeploymentRow>(
        `SELECT profile_id, state, wanted, COUNT(*) AS count FROM deployment
         GROUP BY profile_id, wanted, state ORDER BY profile_id, wanted, state`,
      );
      return rows.map(({ profile_id, state, wanted, count }) => ({
        profileId: profile_id,
        state,
        wanted: Boolean(wanted),
        count: Number(count),
      }));
    },
    async devices() {
      const rows = await sql.all<DeviceRow>(
        'SELECT platform, COUNT(*) AS count FROM device WHERE retired_at IS NULL GROUP BY platform ORDER BY platform',
      );
      return rows.map(({ platform, count }) => ({ platform, count: Number(count) }));
    },
    async certificates(now) {
      const rows = await sql.all<CertificateRow>(
        `SELECT status, COUNT(*) AS count FROM (
           SELECT CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN not_after < $1 THEN 'expired' ELSE 'valid' END AS status
           FROM certificate WHERE deployment_id IS NOT NULL) AS one
         GROUP BY status`,
        [now],
      );
      const counts = { valid: 0, expired: 0, revoked: 0 };
      for (const { status, count } of rows) counts[status] = Number(count);
      return counts;
    },
  };
}
