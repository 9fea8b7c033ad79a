import type { CrlReading, GaugeStore } from '../reporting/gauge-store.ts';
import type { Sql, SqlRow } from './sql.ts';

type CrlRow = SqlRow & {
  issuer_id: string;
  shard: number;
  number: number;
  this_update: number;
  next_update: number;
  waiting: number;
  waiting_since: number | null;
};

// A list names its time in whole seconds: what was revoked in the same one may stand in it.
const crls = `SELECT issuer_id, shard, number, this_update, next_update,
  (SELECT COUNT(*) FROM crl_due d WHERE d.issuer_id = l.issuer_id AND d.shard = l.shard) AS waiting,
  (SELECT MIN(c.revoked_at) FROM certificate c
    WHERE c.issuer_id = l.issuer_id AND c.shard = l.shard AND c.revoked_at >= l.this_update + 1000) AS waiting_since
  FROM crl l ORDER BY issuer_id, shard LIMIT 1000`;

export function gauges(sql: Sql): GaugeStore {
  return {
    async crls() {
      const rows = await sql.all<CrlRow>(crls);
      return rows.map(
        (row): CrlReading => ({
          issuerId: row.issuer_id,
          shard: row.shard,
          number: row.number,
          thisUpdate: row.this_update,
          nextUpdate: row.next_update,
          waiting: row.waiting,
          waitingSince: row.waiting === 0 ? null : (row.waiting_since ?? row.this_update),
        }),
      );
    },
    async approvalsWaiting() {
      const row = await sql.one<SqlRow & { count: number }>(
        `SELECT COUNT(*) AS count FROM pending_request WHERE state = 'waiting'`,
      );
      return row?.count ?? 0;
    },
  };
}
