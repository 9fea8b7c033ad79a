import type { KeyStore, StoredKey } from '../authority/key-store.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<StoredKey>('stored_key', {
  id: 'plain',
  purpose: 'plain',
  publicKey: 'plain',
  sealed: 'plain',
  createdAt: 'plain',
});

const select = `SELECT ${table.select()} FROM stored_key`;

export function keyTable(sql: Sql): KeyStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async all() {
      const rows = await sql.all(`${select} ORDER BY id`);
      return rows.map((row) => table.read(row));
    },
    async insert(key) {
      await sql.run(table.insert, table.values(key));
    },
    async forget(id) {
      await sql.run('UPDATE stored_key SET sealed = NULL WHERE id = $1', [id]);
    },
  };
}
