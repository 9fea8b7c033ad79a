import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { shapeOf } from '../shape-of.ts';
import type { SqlRow, SqlValue } from '../sql.ts';

/** One SQLite connection; every text is compiled once and kept. Synchronous. */
export class Connection implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();

  /** `role` decides what the connection may do: write durably, or read beside the writer. */
  constructor(file: string, role: 'writer' | 'reader') {
    this.#database = new DatabaseSync(file, {
      readOnly: role === 'reader',
      timeout: 10_000,
      enableDoubleQuotedStringLiterals: false,
    });
    if (role === 'writer') {
      this.#database.exec(`
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        PRAGMA wal_autocheckpoint = 0;
        PRAGMA journal_size_limit = 67108864;
      `);
    }
    // KiB. The reader forgets its pages with every commit; what it keeps serves one statement.
    this.#database.exec(`PRAGMA cache_size = ${role === 'writer' ? -8192 : -4096}; PRAGMA temp_store = MEMORY;`);
  }

  /** Several statements without parameters. */
  exec(text: string): void {
    this.#database.exec(text);
  }

  all(text: string, params: readonly SqlValue[] = []): SqlRow[] {
    const prepared = this.#prepared(text);
    const rows = prepared.statement.all(...params) as unknown as SqlValue[][];
    return rows.map((values) => rowOf(prepared, values));
  }

  one(text: string, params: readonly SqlValue[] = []): SqlRow | null {
    const prepared = this.#prepared(text);
    const values = prepared.statement.get(...params) as unknown as SqlValue[] | undefined;
    return values === undefined ? null : rowOf(prepared, values);
  }

  /** Rows changed. */
  run(text: string, params: readonly SqlValue[] = []): number {
    return Number(this.#prepared(text).statement.run(...params).changes);
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #prepared(text: string): Prepared {
    let prepared = this.#statements.get(text);
    if (prepared === undefined) {
      // SQLite would take `$1` for a name; `?1` is its number.
      const statement = this.#database.prepare(text.replace(/\$(\d+)/g, '?$1'));
      statement.setReturnArrays(true);
      const columns = statement.columns().map(({ name }) => name);
      prepared = { statement, columns, empty: shapeOf(columns) };
      this.#statements.set(text, prepared);
    }
    return prepared;
  }
}

/** Rows come as arrays and become objects here, in half the time that the driver takes for it. */
type Prepared = { readonly statement: StatementSync; readonly columns: readonly string[]; readonly empty: SqlRow };

function rowOf({ columns, empty }: Prepared, values: readonly SqlValue[]): SqlRow {
  const row = { ...empty };
  for (let i = 0; i < columns.length; i++) row[columns[i] as string] = values[i] as SqlValue;
  return row;
}
