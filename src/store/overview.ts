import type { DeploymentState } from '../deployments/deployment.ts';
import type { Platform } from '../directory/platform.ts';
import type { ScepTransaction } from '../events/scep-transaction.ts';
import { idAt } from '../lib/ids.ts';
import type { OverviewStore } from '../reporting/overview-store.ts';
import type { Sql, SqlRow } from './sql.ts';

type DeploymentRow = SqlRow & { profile_id: string; state: DeploymentState; wanted: number; count: number };
type DeviceRow = SqlRow & { platform: Platform; count: number };

type RequestRow = SqlRow & { outcome: ScepTransaction['outcome']; count: number; last: number };

/** The latest tell how an address fares. */
const mostRequests = 1000;

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
    async scepRequests(since) {
      const rows = await sql.all<RequestRow>(
        `SELECT outcome, COUNT(*) AS count, MAX(at) AS last FROM (
           SELECT outcome, at FROM scep_transaction WHERE id >= $1 AND operation = 'PKIOperation'
           ORDER BY id DESC LIMIT $2) AS latest
         GROUP BY outcome`,
        [idAt(since), mostRequests + 1],
      );
      const outcomes = { success: 0, pending: 0, failure: 0, error: 0 };
      for (const { outcome, count } of rows) outcomes[outcome] = Number(count);
      const seen = rows.reduce((sum, { count }) => sum + Number(count), 0);
      const last = rows.map((row) => row.last);
      return {
        since,
        outcomes,
        capped: seen > mostRequests,
        lastAt: last.length === 0 ? null : Math.max(...last),
        lastSuccessAt: rows.find(({ outcome }) => outcome === 'success')?.last ?? null,
      };
    },
  };
}
