import type { IdempotencyStore, IdempotentResponse } from '../access/idempotency-store.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<IdempotentResponse>(
  'idempotent_response',
  {
    tokenId: 'plain',
    idempotencyKey: 'plain',
    requestHash: 'plain',
    status: 'plain',
    body: 'plain',
    expiresAt: 'plain',
  },
  {},
  'tokenId',
);

// An expired answer makes room for a new one with the same key.
const insert = `${table.insert} ON CONFLICT (token_id, idempotency_key) DO UPDATE
  SET request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
      expires_at = excluded.expires_at
  WHERE idempotent_response.expires_at <= $7`;

export function idempotencyTable(sql: Sql): IdempotencyStore {
  return {
    async find(tokenId, idempotencyKey, now) {
      const row = await sql.one(
        `SELECT ${table.select()} FROM idempotent_response
         WHERE token_id = $1 AND idempotency_key = $2 AND expires_at > $3`,
        [tokenId, idempotencyKey, now],
      );
      return row && table.read(row);
    },
    async insert(response, now) {
      return (await sql.run(insert, [...table.values(response), now])) === 1;
    },
    async removeExpired(now) {
      return sql.run('DELETE FROM idempotent_response WHERE expires_at <= $1', [now]);
    },
  };
}
