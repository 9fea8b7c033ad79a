import type { Session, SessionStore } from '../access/session.ts';
import { minute } from '../lib/clock.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql } from './sql.ts';

const table = recordTable<Session>('admin_session', {
  id: 'plain',
  administratorId: 'plain',
  method: 'plain',
  secretHash: 'plain',
  secretSince: 'plain',
  nextHash: 'plain',
  previousHash: 'plain',
  createdAt: 'plain',
  lastSeenAt: 'plain',
  idle: 'plain',
  endsAt: 'plain',
  address: 'plain',
  userAgent: 'plain',
  providerId: 'plain',
  groups: 'json',
});

const select = `SELECT ${table.select()} FROM admin_session`;

export function sessionTable(sql: Sql): SessionStore {
  return {
    async findByHash(hash) {
      const row = await sql.one(`${select} WHERE secret_hash = $1 OR next_hash = $1 OR previous_hash = $1`, [hash]);
      return row && table.read(row);
    },
    async of(id) {
      const rows = await sql.all(`${select} WHERE administrator_id = $1 ORDER BY id DESC`, [id]);
      return rows.map((row) => table.read(row));
    },
    async insert(session) {
      await sql.run(table.insert, table.values(session));
    },
    async update({ id, secretHash, secretSince, nextHash, previousHash, lastSeenAt }, expected) {
      const text = `UPDATE admin_session SET secret_hash = $2, secret_since = $3, next_hash = $4, previous_hash = $5,
        last_seen_at = $6 WHERE id = $1 AND secret_hash = $7`;
      const values = [id, secretHash, secretSince, nextHash, previousHash, lastSeenAt, expected];
      return (await sql.run(text, values)) === 1;
    },
    async remove(ids) {
      if (ids.length === 0) return;
      await sql.run(`DELETE FROM admin_session WHERE ${isAnyOf(sql, 'id', '$1')}`, [JSON.stringify(ids)]);
    },
    async removeOfProvider(providerId) {
      await sql.run('DELETE FROM admin_session WHERE provider_id = $1', [providerId]);
    },
    removeEnded(now) {
      return sql.run('DELETE FROM admin_session WHERE ends_at <= $1 OR last_seen_at + idle <= $2', [now, now - minute]);
    },
  };
}
