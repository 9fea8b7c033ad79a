import type { JoinToken, JoinTokenStore } from '../delivery/join-token.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<JoinToken>('join_token', {
  id: 'plain',
  secretHash: 'plain',
  deviceId: 'plain',
  userId: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  usedAt: 'plain',
});

export function joinTokenTable(sql: Sql): JoinTokenStore {
  return {
    async findBySecretHash(secretHash) {
      const row = await sql.one(`SELECT ${table.select()} FROM join_token WHERE secret_hash = $1`, [secretHash]);
      return row && table.read(row);
    },
    async insert(token) {
      await sql.run(table.insert, table.values(token));
    },
    async use(id, at) {
      const used = await sql.run(
        'UPDATE join_token SET used_at = $2 WHERE id = $1 AND used_at IS NULL AND expires_at > $2',
        [id, at],
      );
      return used === 1;
    },
  };
}
