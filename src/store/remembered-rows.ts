import type { RecordTable } from './record-table.ts';
import type { SqlRow } from './sql.ts';

/**
 * For tables that are read whole again and again and rarely change: of a row that is what it was before, the same record is
 * answered, without taking its JSON apart. Nothing is assumed: every row is read and compared, also inside a transaction.
 */
export function rememberedRows<T extends { readonly id: string }>(
  table: RecordTable<T>,
): (rows: readonly SqlRow[]) => readonly T[] {
  let known = new Map<string, { readonly row: SqlRow; readonly record: T }>();
  return (rows) => {
    const next: typeof known = new Map();
    for (const row of rows) {
      const id = String(row.id);
      const before = known.get(id);
      next.set(id, before !== undefined && same(before.row, row) ? before : { row, record: table.read(row) });
    }
    known = next;
    return Array.from(next.values(), ({ record }) => record);
  };
}

function same(a: SqlRow, b: SqlRow): boolean {
  for (const name in a) if (a[name] !== b[name]) return false;
  return true;
}
