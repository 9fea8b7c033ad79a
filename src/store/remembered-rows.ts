import type { RecordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

/**
 * All records of a table that is read whole again and again and rarely changes: as long as nothing tells of a change they are
 * those of the last time; else what tells a record's content is read of every row, the rest of those alone that were not
 * seen before. Safe inside transactions: what one that is rolled back had
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
  let last: { readonly version: number | string; readonly records: readonly T[] } | null = null;
  const digest = digestOf(table.name, [...content, ...order.split(/\s*,\s*/)]);
  /** The same as long as the table is; null where that cannot be told. */
  const versionNow = async (): Promise<number | string | null> => {
    const epoch = sql.epoch(table.name);
    if (epoch !== null || sql.dialect !== 'postgres') return epoch;
    return (await sql.one<SqlRow & { digest: string }>(digest))?.digest ?? null;
  };
  return async () => {
    const version = await versionNow();
    if (last !== null && last.version === version) return last.records;
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
    // What was written in between is in the records or not: nobody knows.
    if (version !== null && version === (await versionNow())) last = { version, records };
    return records;
  };
}

/** Other servers write too, so the table is asked: for one row instead of all. */
function digestOf(table: string, columns: readonly string[]): string {
  const text = `concat_ws(' ', ${[...new Set(columns)].join(', ')})`;
  return `SELECT concat(count(*), ' ', sum(hashtextextended(${text}, 0))) AS digest FROM ${table}`;
}

function keyOf(row: SqlRow, content: readonly string[], prefix = ''): string {
  return content.map((name) => row[prefix + name]).join(' ');
}
