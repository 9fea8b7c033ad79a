import type { SealedStore } from './sealed-store.ts';

export type TableColumn = {
  readonly table: string;
  readonly column: string;
  readonly type: 'text' | 'number' | 'bytes';
  readonly required: boolean;
};

/** Every column of every table, as the database itself says. */
export async function tableColumns(store: Pick<SealedStore, 'kind' | 'tamper'>): Promise<readonly TableColumn[]> {
  const rows = await store.tamper(
    store.kind === 'sqlite'
      ? `SELECT t.name AS "table", c.name AS "column", lower(c.type) AS type, c."notnull" OR c.pk > 0 AS required
           FROM sqlite_schema t, pragma_table_info(t.name) c
           WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, c.cid`
      : `SELECT table_name AS "table", column_name AS "column", data_type AS type,
           is_nullable = 'NO' AND is_identity = 'NO' AS required
           FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`,
  );
  return rows.map(({ table, column, type, required }) => ({
    table: String(table),
    column: String(column),
    type: type === 'text' ? 'text' : type === 'blob' || type === 'bytea' ? 'bytes' : 'number',
    required: required === true || required === 1,
  }));
}

/** A row of it: what is not given is something of the column's type, where it must be. */
export async function plantRow(
  store: Pick<SealedStore, 'kind' | 'tamper'>,
  columns: readonly TableColumn[],
  table: string,
  given: Readonly<Record<string, string | number>>,
): Promise<void> {
  const bytes = store.kind === 'sqlite' ? "X'00'" : "'\\x00'::bytea";
  const anything = { text: "'{}'", number: '1', bytes };
  const literal = (value: string | number) =>
    typeof value === 'number' ? `${value}` : `'${value.replaceAll("'", "''")}'`;
  const own = columns.filter((each) => each.table === table && (each.column in given || each.required));
  const values = own.map(({ column, type }) => (column in given ? literal(given[column] ?? '') : anything[type]));
  await store.tamper(
    `INSERT INTO ${table} (${own.map(({ column }) => column).join(', ')}) VALUES (${values.join(', ')})`,
  );
}
