/**
 * SQL as both stores read it: `$1` placeholders, ON CONFLICT, RETURNING, IS NOT DISTINCT FROM; integers for booleans and
 * times, text for JSON, BLOB (BYTEA) for bytes. A table file is written once and runs on either; what differs is below,
 * in `sqlite/` and `postgres/`. See docs/decisions/0001.
 */
import { WriteOutsideTransaction } from './transaction.ts';

export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

/** A text is compiled once and kept prepared: pass constants, and build variants from a small closed set. */
export type Sql = {
  readonly dialect: 'sqlite' | 'postgres';
  /** Of what a viewer sees: the database itself, for what is judged by other rows than its own; null when it is the same. */
  readonly whole?: () => Sql | null;
  /** Whether the caller runs inside `transact`: then what it reads may yet be rolled back. */
  inTransaction(): boolean;
  /**
   * As long as this number stays the same the table is what it was; null where others may write unnoticed, and for a
   * transaction that has written to it. For what is asked all the time and hardly ever changes, and no issuance writes.
   */
  epoch(table: string): number | null;
  all<Row extends SqlRow>(text: string, params?: readonly SqlValue[]): Promise<Row[]>;
  /** The first row or null. */
  one<Row extends SqlRow>(text: string, params?: readonly SqlValue[]): Promise<Row | null>;
  /** Rows changed. Refuses outside of a transaction. */
  run(text: string, params?: readonly SqlValue[]): Promise<number>;
  /** `run` for each list of parameters, in order; answers the rows changed by all. */
  runMany(text: string, paramsLists: readonly (readonly SqlValue[])[]): Promise<number>;
};

/**
 * A condition: `column` equals one of the texts in the JSON array that the parameter holds.
 * PostgreSQL reads the array once and then walks the index; so does SQLite.
 */
export function isAnyOf(sql: Pick<Sql, 'dialect'>, column: string, parameter: string): string {
  return sql.dialect === 'sqlite'
    ? `${column} IN (SELECT value FROM json_each(${parameter}))`
    : `${column} = ANY(ARRAY(SELECT jsonb_array_elements_text(${parameter}::jsonb)))`;
}

/** What a SELECT of rows ends with. On SQLite the transaction itself keeps every other writer out. */
export function lockFor(
  { dialect, inTransaction }: Pick<Sql, 'dialect' | 'inTransaction'>,
  purpose?: 'to-change',
): string {
  if (purpose === undefined) return '';
  if (!inTransaction()) throw new WriteOutsideTransaction('to-change');
  return dialect === 'postgres' ? ' FOR UPDATE' : '';
}
