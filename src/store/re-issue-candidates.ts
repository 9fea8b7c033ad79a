import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { ReIssueCandidates, ReIssueQuery } from '../lifecycle/re-issue-candidates.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

type Row = SqlRow & { id: DeploymentId; device_id: DeviceId };

export function reIssueCandidates(sql: Sql): ReIssueCandidates {
  return {
    async next(query, after, limit) {
      const { where, params } = conditions(query, after);
      const rows = await sql.all<Row>(
        `SELECT id, device_id FROM deployment WHERE ${where} ORDER BY id LIMIT $${params.push(limit)}`,
        params,
      );
      return rows.map((row) => ({ id: row.id, deviceId: row.device_id }));
    },
    async count(query) {
      const { where, params } = conditions(query, null);
      const row = await sql.one<SqlRow & { n: number }>(`SELECT count(*) AS n FROM deployment WHERE ${where}`, params);
      return row?.n ?? 0;
    },
  };
}

function conditions({ profileId, deviceId, until }: ReIssueQuery, after: DeploymentId | null) {
  const params: SqlValue[] = [until];
  const where = ["kind = 'scep'", 'wanted = 1', 'created_at <= $1'];
  if (profileId !== null) where.push(`profile_id = $${params.push(profileId)}`);
  if (deviceId !== null) where.push(`device_id = $${params.push(deviceId)}`);
  if (after !== null) where.push(`id > $${params.push(after)}`);
  return { where: where.join(' AND '), params };
}
