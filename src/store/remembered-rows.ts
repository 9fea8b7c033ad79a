import type { RecordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

/**
 * All records of a table that is read whole again and again and rarely changes: what tells a record's content is read of
 * every row, the rest of those alone that were not seen before. Safe inside transactions: what one that is rolled back had
 * written is remembered under a content that nobody reads again.
 */
export function rememberedRows<T extends { readonly id: string }>(
  sql: Sql,
  table: RecordTable<T>,
  options: {
    /** Columns that are never the same, all together, for two contents; `id` is one of them. */
    readonly content: readonly string[];
    readonly order: string;
  },
): () => Promise<readonly T[]> {
  const { content, order } = options;
  const keys = `SELECT ${content.join(', ')} FROM ${table.name} ORDER BY ${order}`;
  const rest = `SELECT ${table.select()}, ${content.map((name) => `${name} AS "key ${name}"`).join(', ')}
    FROM ${table.name} WHERE ${isAnyOf(sql, 'id', '$1')}`;
  let known = new Map<string, { readonly key: string; readonly record: T }>();
  let last: { readonly epoch: number; readonly records: readonly T[] } | null = null;
  return async () => {
    const epoch = sql.epoch(table.name);
    if (last !== null && last.epoch === epoch) return last.records;
    const rows = await sql.all(keys);
    const next = new Map<string, { readonly key: string; readonly record: T }>();
    const missing: string[] = [];
    for (const row of rows) {
      const id = String(row.id);
      const before = known.get(id);
      if (before?.key === keyOf(row, content)) next.set(id, before);
      else missing.push(id);
    }
    for (const row of missing.length === 0 ? [] : await sql.all(rest, [JSON.stringify(missing)]))
      next.set(String(row.id), { key: keyOf(row, content, 'key '), record: table.read(row) });
    known = next;
    const records: T[] = [];
    for (const { id } of rows) {
      const found = next.get(String(id));
      if (found !== undefined) records.push(found.record);
    }
    if (epoch !== null && epoch === sql.epoch(table.name)) last = { epoch, records };
    return records;
  };
}

function keyOf(row: SqlRow, content: readonly string[], prefix = ''): string {
  return content.map((name) => row[prefix + name]).join(' ');
}
