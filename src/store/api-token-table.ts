import type { ApiToken, ApiTokenStore } from '../access/api-token.ts';
import { minute } from '../lib/clock.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<ApiToken>('api_token', {
  id: 'plain',
  name: 'plain',
  secretHash: 'plain',
  permissions: 'json',
  scope: 'json',
  madeBy: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  lastUsedAt: 'plain',
  revokedAt: 'plain',
});

const select = `SELECT ${table.select()} FROM api_token`;

export function apiTokenTable(sql: Sql): ApiTokenStore {
  return {
    async findBySecretHash(secretHash) {
      const row = await sql.one(`${select} WHERE secret_hash = $1`, [secretHash]);
      return row && table.read(row);
    },
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async list() {
      const rows = await sql.all(`${select} ORDER BY id`);
      return rows.map((row) => table.read(row));
    },
    async insert(token) {
      await sql.run(table.insert, table.values(token));
    },
    async revoke(id, at) {
      return (
        (await sql.run('UPDATE api_token SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL', [id, at])) === 1
      );
    },
    async touch(id, at) {
      await sql.run(
        'UPDATE api_token SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)',
        [id, at, at - minute],
      );
    },
  };
}
