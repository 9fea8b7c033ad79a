import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { SqlRow, SqlValue } from '../sql.ts';

/** One SQLite connection; every text is compiled once and kept. Synchronous. */
export class Connection implements Disposable {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

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
    return this.#statement(text).all(...params) as SqlRow[];
  }

  one(text: string, params: readonly SqlValue[] = []): SqlRow | null {
    return (this.#statement(text).get(...params) as SqlRow | undefined) ?? null;
  }

  /** Rows changed. */
  run(text: string, params: readonly SqlValue[] = []): number {
    return Number(this.#statement(text).run(...params).changes);
  }

  [Symbol.dispose](): void {
    this.#statements.clear();
    if (this.#database.isOpen) this.#database.close();
  }

  #statement(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      // SQLite would take `$1` for a name; `?1` is its number.
      statement = this.#database.prepare(text.replace(/\$(\d+)/g, '?$1'));
      this.#statements.set(text, statement);
    }
    return statement;
  }
}
