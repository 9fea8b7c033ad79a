import type { Outbox } from '../webhooks/outbox.ts';
import { unknownCondition, type Webhook, type WebhookCondition, type WebhookId } from '../webhooks/webhook.ts';
import type { WebhookStore } from '../webhooks/webhook-store.ts';
import { folded } from './folded.ts';
import { recordTable } from './record-table.ts';
import { saveVersion } from './save-version.ts';
import { lockFor, type Sql, type SqlRow } from './sql.ts';

const table = recordTable<Webhook>(
  'webhook',
  {
    id: 'plain',
    name: 'plain',
    url: 'plain',
    eventTypes: 'json',
    enabled: 'boolean',
    since: 'plain',
    secrets: 'json',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: ({ name }) => folded(name) },
);

const conditions = recordTable<WebhookCondition & { readonly webhookId: WebhookId }>(
  'webhook_condition',
  { webhookId: 'plain', failures: 'plain', failingSince: 'plain', pausedUntil: 'plain', lastSuccessAt: 'plain' },
  {},
  'webhookId',
);

const select = `SELECT ${table.select()} FROM webhook`;

export function webhookTable(sql: Sql): WebhookStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findByName(name) {
      const row = await sql.one(`${select} WHERE name_folded = $1`, [folded(name)]);
      return row && table.read(row);
    },
    async all() {
      return (await sql.all(`${select} ORDER BY name_folded`)).map((row) => table.read(row));
    },
    save: (webhook) => saveVersion(sql, table, webhook),
    async remove(id) {
      await sql.run('DELETE FROM webhook_delivery WHERE webhook_id = $1', [id]);
      await sql.run('DELETE FROM webhook_condition WHERE webhook_id = $1', [id]);
      await sql.run('DELETE FROM webhook WHERE id = $1', [id]);
    },
    async condition(id) {
      const row = await sql.one(`SELECT ${conditions.select()} FROM webhook_condition WHERE webhook_id = $1`, [id]);
      if (row === null) return unknownCondition;
      const { webhookId: _, ...condition } = conditions.read(row);
      return condition;
    },
    async setCondition(webhookId, condition) {
      await sql.run(conditions.upsert, conditions.values({ webhookId, ...condition }));
    },
  };
}

const outboxName = 'events';

export function webhookOutbox(sql: Sql): Outbox {
  return {
    async position() {
      const row = await sql.one<SqlRow & { position: string }>('SELECT position FROM webhook_outbox WHERE name = $1', [
        outboxName,
      ]);
      return row?.position ?? null;
    },
    async lock() {
      await sql.run(`INSERT INTO webhook_outbox (name, position) VALUES ($1, '') ON CONFLICT (name) DO NOTHING`, [
        outboxName,
      ]);
      await sql.one(`SELECT position FROM webhook_outbox WHERE name = $1${lockFor(sql, 'to-change')}`, [outboxName]);
    },
    async restart(position) {
      await sql.run('UPDATE webhook_outbox SET position = $2 WHERE name = $1', [outboxName, position]);
    },
    async advance(from, to) {
      const moved = await sql.run('UPDATE webhook_outbox SET position = $3 WHERE name = $1 AND position = $2', [
        outboxName,
        from,
        to,
      ]);
      return moved === 1;
    },
  };
}
