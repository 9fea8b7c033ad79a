import type { Erasure, ErasureStore } from '../lifecycle/erasure/erasure.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<Erasure>('erasure', {
  id: 'plain',
  userId: 'plain',
  pseudonym: 'plain',
  traces: 'json',
  progress: 'json',
  cause: 'json',
  begunAt: 'plain',
  endedAt: 'plain',
});

export function erasureTable(sql: Sql): ErasureStore {
  return {
    async save(erasure) {
      await sql.run(table.upsert, table.values(erasure));
    },
    async open() {
      const rows = await sql.all(`SELECT ${table.select()} FROM erasure WHERE ended_at IS NULL ORDER BY id`);
      return rows.map((row) => table.read(row));
    },
  };
}
