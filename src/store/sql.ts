/**
 * SQL as both stores read it: `$1` placeholders, ON CONFLICT, RETURNING, IS NOT DISTINCT FROM; integers for booleans and
 * times, text for JSON, BLOB (BYTEA) for bytes. A table file is written once and runs on either; what differs is below,
 * in `sqlite/` and `postgres/`. See docs/decisions/0001.
 */
export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, SqlValue>;

/** A text is compiled once and kept prepared: pass constants, and build variants from a small closed set. */
export type Sql = {
  readonly dialect: 'sqlite' | 'postgres';
  all<Row extends SqlRow>(text: string, params?: readonly SqlValue[]): Promise<Row[]>;
  /** The first row or null. */
  one<Row extends SqlRow>(text: string, params?: readonly SqlValue[]): Promise<Row | null>;
  /** Rows changed. Refuses outside of a transaction. */
  run(text: string, params?: readonly SqlValue[]): Promise<number>;
};
