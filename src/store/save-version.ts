import type { RecordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

/** Inserts version 1, or replaces version `record.version - 1`; false when another version is stored. */
export async function saveVersion<T extends { readonly id: string; readonly version: number }>(
  sql: Sql,
  table: RecordTable<T>,
  record: T,
): Promise<boolean> {
  const values = table.values(record);
  if (record.version === 1) return (await sql.run(`${table.insert} ON CONFLICT (id) DO NOTHING`, values)) === 1;
  const replaced = table.columns.map((column, i) => `${column} = $${i + 1}`).join(', ');
  const text = `UPDATE ${table.name} SET ${replaced} WHERE id = $1 AND version = $${values.length + 1}`;
  return (await sql.run(text, [...values, record.version - 1])) === 1;
}
