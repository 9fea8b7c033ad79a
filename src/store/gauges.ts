import { day } from '../lib/clock.ts';
import type { CrlReading, GaugeStore, WebhookReading } from '../reporting/gauge-store.ts';
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

const queues = `SELECT
  (SELECT COUNT(*) FROM pending_request WHERE state = 'waiting') AS approvals,
  (SELECT COUNT(*) FROM job WHERE state = 'running') AS jobs,
  (SELECT COUNT(*) FROM removal_case WHERE state = 'waiting') AS removals,
  (SELECT MIN(opened_at) FROM removal_case WHERE state = 'waiting') AS removals_since`;

// The sign keeps the few that are revoked from being looked for among all that end then.
const ending = `SELECT (SELECT COUNT(*) FROM certificate WHERE not_after >= $1 AND not_after < $2) -
  (SELECT COUNT(*) FROM certificate WHERE revoked_at IS NOT NULL AND +not_after >= $1 AND +not_after < $2) AS count`;

/** The conditions are those of the index, word for word. */
const renewals = `SELECT COUNT(*) AS due, MIN(renew_at) AS since FROM deployment
  WHERE renew_at IS NOT NULL AND wanted = 1 AND generation = issued_generation
    AND (renew_at / 86400000) <= $2 AND renew_at <= $1`;

const webhooks = `SELECT w.name, w.enabled, c.failures,
  (SELECT COUNT(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting') AS waiting,
  (SELECT d.created_at FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'waiting'
    ORDER BY d.id LIMIT 1) AS waiting_since,
  (SELECT COUNT(*) FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.state = 'dead') AS dead
  FROM webhook w LEFT JOIN webhook_condition c ON c.webhook_id = w.id ORDER BY w.name_folded`;

type WebhookRow = SqlRow & {
  name: string;
  enabled: number;
  waiting: number;
  waiting_since: number | null;
  dead: number;
  failures: number | null;
};

type QueuesRow = SqlRow & { approvals: number; jobs: number; removals: number; removals_since: number | null };

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
    async queues() {
      const row = await sql.one<QueuesRow>(queues);
      const { approvals = 0, jobs = 0, removals = 0, removals_since: removalsSince = null } = row ?? {};
      return { approvals, jobs, removals, removalsSince };
    },
    async ends(times) {
      const counts: number[] = [];
      for (const [at, from] of times.entries()) {
        const row = await sql.one<SqlRow & { count: number }>(ending, [from, times[at + 1] ?? Number.MAX_SAFE_INTEGER]);
        counts.push(row?.count ?? 0);
      }
      return counts;
    },
    async renewals(now) {
      const row = await sql.one<SqlRow & { due: number; since: number | null }>(renewals, [now, Math.floor(now / day)]);
      return { due: row?.due ?? 0, since: row?.since ?? null };
    },
    async webhooks() {
      const rows = await sql.all<WebhookRow>(webhooks);
      return rows.map(
        ({ name, enabled, waiting, waiting_since, dead, failures }): WebhookReading => ({
          name,
          enabled: enabled === 1,
          waiting,
          waitingSince: waiting_since,
          dead,
          failures: failures ?? 0,
        }),
      );
    },
  };
}
