import { AsyncLocalStorage } from 'node:async_hooks';
import type { Transact } from '../../lib/transact.ts';
import { alreadyExists } from '../already-exists.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { join, type OpenTransaction, WriteOutsideTransaction } from '../transaction.ts';
import { Checkpointer, usualLimits } from './checkpointer.ts';
import { Connection } from './connection.ts';
import { Mutex } from './mutex.ts';
import { TableEpochs } from './table-epochs.ts';

/** The two connections of a server: one writer, in turns, and one that reads beside it. */
export class SqliteDriver implements AsyncDisposable {
  readonly writer: Connection;
  readonly sql: Sql;
  readonly transact: Transact;
  readonly #reader: Connection;
  readonly #turns = new Mutex();
  /** Whether a transaction is open on the writer's connection. */
  #writing = false;
  readonly #epochs = new TableEpochs();
  readonly #checkpointer: Checkpointer;
  readonly #ambient = new AsyncLocalStorage<OpenTransaction>();

  constructor(file: string, limits = usualLimits) {
    this.writer = new Connection(file, 'writer');
    this.#reader = new Connection(file, 'reader');
    this.#checkpointer = new Checkpointer(file, limits, (work) => this.#alone(work));
    this.transact = (work) => this.#transact(work);
    this.sql = {
      dialect: 'sqlite',
      inTransaction: () => this.inTransaction(),
      epoch: (table) => this.#epochs.of(table, this.inTransaction()),
      all: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        this.#read(text, (connection) => connection.all(text, params)) as Row[],
      one: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        this.#read(text, (connection) => connection.one(text, params)) as Row | null,
      run: async (text, params) => this.#write(text, (connection) => connection.run(text, params)),
      runMany: async (text, paramsLists) =>
        this.#write(text, (connection) => {
          let changed = 0;
          for (const params of paramsLists) changed += connection.run(text, params);
          return changed;
        }),
    };
  }

  inTransaction(): boolean {
    return this.#ambient.getStore()?.open === true;
  }

  /** Runs `work`, which is synchronous and issues, in a transaction of its own as soon as the writer is free. */
  async group<T>(work: (writer: Connection) => T): Promise<T> {
    const giveBack = await this.#turns.acquire();
    try {
      this.#begin();
      try {
        const result = work(this.writer);
        this.#commit();
        return result;
      } catch (error) {
        this.#rollback();
        throw error;
      }
    } finally {
      giveBack();
    }
  }

  /** Waits for what is under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#checkpointer[Symbol.asyncDispose]();
    await this.#alone((writer) => {
      this.#reader[Symbol.dispose]();
      writer[Symbol.dispose]();
    });
  }

  async #alone(work: (writer: Connection) => void): Promise<void> {
    const giveBack = await this.#turns.acquire();
    try {
      work(this.writer);
    } finally {
      giveBack();
    }
  }

  #begin(): void {
    this.writer.run('BEGIN IMMEDIATE');
    this.#writing = true;
  }

  #commit(): void {
    this.writer.run('COMMIT');
    this.#writing = false;
    this.#checkpointer.committed(this.writer);
  }

  async #transact<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#ambient.getStore();
    if (outer?.open) return join(outer, work);
    const giveBack = await this.#turns.acquire();
    const transaction: OpenTransaction = { open: true, failure: null };
    try {
      this.#begin();
      try {
        const result = await this.#ambient.run(transaction, work);
        transaction.open = false;
        if (transaction.failure !== null) throw transaction.failure.error;
        this.#commit();
        this.#epochs.committed();
        return result;
      } catch (error) {
        transaction.open = false;
        this.#epochs.rolledBack();
        this.#rollback();
        throw error;
      }
    } finally {
      giveBack();
    }
  }

  #rollback(): void {
    // A COMMIT that failed for want of space may have rolled back already.
    try {
      this.writer.run('ROLLBACK');
    } catch (error) {
      if (!/no transaction is active/.test(String(error))) throw error;
    }
    this.#writing = false;
  }

  /**
   * Outside of a transaction, on the writer's connection while it has none open: its pages are at hand, whereas the
   * reader must fetch all of its own anew after every commit. Only the reader is barred from writing, so it gets
   * whatever does not begin with SELECT.
   */
  #read<T>(text: string, statement: (connection: Connection) => T): T {
    if (this.#ambient.getStore()?.open) return this.#attempt(statement);
    return statement(this.#writing || !text.startsWith('SELECT') ? this.#reader : this.writer);
  }

  /** Inside of a transaction. */
  #attempt<T>(statement: (connection: Connection) => T): T {
    const transaction = this.#ambient.getStore() as OpenTransaction;
    try {
      return statement(this.writer);
    } catch (error) {
      transaction.failure ??= { error };
      throw error;
    }
  }

  #write(text: string, statement: (connection: Connection) => number): number {
    const transaction = this.#ambient.getStore();
    if (!transaction?.open) throw new WriteOutsideTransaction(text);
    // It can only be rolled back, and SQLite may have done so: what is written now would stay.
    if (transaction.failure !== null) throw transaction.failure.error;
    this.#epochs.writes(text);
    return this.#attempt((connection) => {
      try {
        return statement(connection);
      } catch (error) {
        throw uniqueViolation(error) === null ? error : alreadyExists(text, error);
      }
    });
  }
}

/** What SQLite names: `table.column, table.column`, or `index 'name'`. Null for any other error. */
export function uniqueViolation(error: unknown): string | null {
  const named = error instanceof Error ? /^UNIQUE constraint failed: (.*)$/.exec(error.message) : null;
  return named?.[1] ?? null;
}
