import type { RecordTable } from './record-table.ts';
import { isAnyOf, lockFor, type Sql } from './sql.ts';

/** What the ports of users and devices read and write by `id` alone. */
export type StoredRecords<T extends { readonly id: string }> = {
  get(id: T['id'], purpose?: 'to-change'): Promise<T | null>;
  /** In the order of ids, so that two who lock the same rows never wait for each other in a circle. */
  getMany(ids: readonly T['id'][], purpose?: 'to-change'): Promise<readonly T[]>;
  /** Insert or replace by id. */
  save(records: readonly T[]): Promise<void>;
};

export function storedRecords<T extends { readonly id: string }>(sql: Sql, table: RecordTable<T>): StoredRecords<T> {
  const select = `SELECT ${table.select()} FROM ${table.name}`;
  return {
    async get(id, purpose) {
      const row = await sql.one(`${select} WHERE id = $1${lockFor(sql, purpose)}`, [id]);
      return row && table.read(row);
    },
    async getMany(ids, purpose) {
      const text = `${select} WHERE ${isAnyOf(sql, 'id', '$1')} ORDER BY id${lockFor(sql, purpose)}`;
      const rows = await sql.all(text, [JSON.stringify(ids)]);
      return rows.map((row) => table.read(row));
    },
    async save(records) {
      await sql.runMany(
        table.upsert,
        records.map((record) => table.values(record)),
      );
    },
  };
}
