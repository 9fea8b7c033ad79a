import type { HeldChange, HeldChangeStore } from '../access/held-change.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<HeldChange>('held_change', {
  id: 'plain',
  operation: 'plain',
  asker: 'json',
  request: 'json',
  deployments: 'plain',
  fingerprint: 'plain',
  state: 'plain',
  decidedBy: 'json',
  decidedAt: 'plain',
  outcome: 'json',
  createdAt: 'plain',
  expiresAt: 'plain',
});

const select = `SELECT ${table.select()} FROM held_change`;

export function heldChangeTable(sql: Sql): HeldChangeStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async newest(limit) {
      return (await sql.all(`${select} ORDER BY id DESC LIMIT $1`, [limit])).map((row) => table.read(row));
    },
    async insert(change) {
      await sql.run(table.insert, table.values(change));
    },
    async move({ id, state, decidedBy, decidedAt, outcome }, from) {
      const text = `UPDATE held_change SET state = $2, decided_by = $3, decided_at = $4, outcome = $5
        WHERE id = $1 AND state = $6`;
      const json = (value: object | null) => (value === null ? null : JSON.stringify(value));
      return (await sql.run(text, [id, state, json(decidedBy), decidedAt, json(outcome), from])) === 1;
    },
    async forgetBefore(at) {
      await sql.run('DELETE FROM held_change WHERE created_at < $1', [at]);
    },
  };
}
