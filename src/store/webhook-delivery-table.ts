import type { Delivery, DeliveryState } from '../webhooks/delivery.ts';
import type { DeliveryStore } from '../webhooks/delivery-store.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const table = recordTable<Delivery>('webhook_delivery', {
  id: 'plain',
  webhookId: 'plain',
  messageId: 'plain',
  type: 'plain',
  body: 'plain',
  state: 'plain',
  attempts: 'plain',
  nextAttemptAt: 'plain',
  lastStatus: 'plain',
  lastProblem: 'plain',
  createdAt: 'plain',
  finishedAt: 'plain',
});

const select = `SELECT ${table.select()} FROM webhook_delivery`;

const progress = `UPDATE webhook_delivery SET state = $2, attempts = $3, next_attempt_at = $4, last_status = $5,
  last_problem = $6, finished_at = $7 WHERE id = $1 AND state = 'waiting'`;

const again = `UPDATE webhook_delivery SET state = 'waiting', attempts = 0, created_at = $2, next_attempt_at = $2,
  finished_at = NULL WHERE webhook_id = $1`;

// The webhooks are some dozens, so each part is found by an index.
const tooOld = `SELECT d.id FROM webhook w JOIN webhook_delivery d ON d.webhook_id = w.id AND d.state = 'waiting'
  WHERE d.created_at < $1 LIMIT $2`;
const bury = `UPDATE webhook_delivery SET state = 'dead', last_problem = COALESCE(last_problem, 'too-old'), finished_at = $3
  WHERE id IN (${tooOld})`;
const forget = `DELETE FROM webhook_delivery WHERE id IN (SELECT id FROM webhook_delivery
  WHERE finished_at < $1 AND (state = 'delivered' OR finished_at < $2) LIMIT $3)`;

export function webhookDeliveryTable(sql: Sql): DeliveryStore {
  return {
    async insert(deliveries) {
      await sql.runMany(
        `${table.insert} ON CONFLICT (webhook_id, message_id) DO NOTHING`,
        deliveries.map((delivery) => table.values(delivery)),
      );
    },
    async due(webhookId, now, limit) {
      const rows = await sql.all(
        `${select} WHERE webhook_id = $1 AND state = 'waiting' AND next_attempt_at <= $2
         ORDER BY next_attempt_at, id LIMIT $3`,
        [webhookId, now, limit],
      );
      return rows.map((row) => table.read(row));
    },
    async progress(changes) {
      await sql.runMany(
        progress,
        changes.map((change) => [
          change.id,
          change.state,
          change.attempts,
          change.nextAttemptAt,
          change.lastStatus,
          change.lastProblem,
          change.finishedAt,
        ]),
      );
    },
    list({ webhookId, state }, page) {
      return pageOf<Delivery>(
        sql,
        {
          select,
          where: [
            ['webhook_id = $?', webhookId],
            ['state = $?', state],
          ],
          order: ['id'],
          descending: true,
          read: (row) => table.read(row),
          key: ({ id }) => [id],
        },
        page,
      );
    },
    async count(webhookId) {
      const rows = await sql.all<SqlRow & { state: DeliveryState; count: number }>(
        'SELECT state, COUNT(*) AS count FROM webhook_delivery WHERE webhook_id = $1 GROUP BY state',
        [webhookId],
      );
      const counts = { waiting: 0, delivered: 0, dead: 0 };
      for (const { state, count } of rows) counts[state] = count;
      return counts;
    },
    replay(webhookId, which, now) {
      if (which === 'dead') return sql.run(`${again} AND state = 'dead'`, [webhookId, now]);
      return sql.run(`${again} AND ${isAnyOf(sql, 'id', '$3')}`, [webhookId, now, JSON.stringify(which)]);
    },
    async clear({ deadBefore, forgetDeliveredBefore, forgetDeadBefore, now }, limit) {
      const buried = await sql.run(bury, [deadBefore, limit, now]);
      return buried + (await sql.run(forget, [forgetDeliveredBefore, forgetDeadBefore, limit]));
    },
  };
}
