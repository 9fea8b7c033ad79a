import { AsyncLocalStorage } from 'node:async_hooks';
import { Pool, type PoolClient, types } from 'pg';
import { isFailure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import { alreadyExists } from '../already-exists.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { join, type OpenTransaction, WriteOutsideTransaction } from '../transaction.ts';
import { errorCode, isConflict, isUnreachable, storeUnavailable } from './postgres-failure.ts';

type Transaction = OpenTransaction & { readonly client: PoolClient };
type Answer = { readonly rows: SqlRow[]; readonly changed: number };

const connections = 16;
const attempts = 5;
const uniqueViolation = '23505';

/** A pool of connections to one PostgreSQL database. Every text is prepared once per connection, by name. */
export class PostgresDriver implements AsyncDisposable {
  readonly sql: Sql;
  readonly transact: Transact;
  readonly #url: string;
  readonly #pool: Pool;
  readonly #names = new Map<string, string>();
  readonly #ambient = new AsyncLocalStorage<Transaction>();

  constructor(url: string) {
    this.#url = url;
    this.#pool = new Pool({
      connectionString: url,
      application_name: 'scepward',
      max: connections,
      connectionTimeoutMillis: 5000,
      idle_in_transaction_session_timeout: 60_000,
      pipeline: true,
      types: { getTypeParser },
    });
    // An idle connection that breaks is replaced at the next use, which reports it if that fails too.
    this.#pool.on('error', () => {});
    this.transact = (work) => this.#transact(work);
    this.sql = {
      dialect: 'postgres',
      inTransaction: () => this.inTransaction(),
      all: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        (await this.#ask(text, params)).rows as Row[],
      one: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        ((await this.#ask(text, params)).rows[0] as Row | undefined) ?? null,
      run: async (text, params) => (await this.#write(text, params)).changed,
      runMany: async (text, paramsLists) => {
        // Sent one after the other without waiting; the server works them off in this order.
        const answers = await settledInOrder(paramsLists.map((params) => this.#write(text, params)));
        return answers.reduce((sum, { changed }) => sum + changed, 0);
      },
    };
  }

  inTransaction(): boolean {
    return this.#ambient.getStore()?.open === true;
  }

  /** Inside `transact`: many statements, without parameters. */
  async script(text: string): Promise<void> {
    const transaction = this.#ambient.getStore();
    if (!transaction?.open) throw new WriteOutsideTransaction(text);
    await transaction.client.query(text);
  }

  /**
   * One statement that is its own transaction, or, inside `transact`, a savepoint: when it throws, it has done nothing
   * and the transaction goes on.
   */
  async alone(text: string, params: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    const transaction = this.#ambient.getStore();
    if (!transaction?.open) return (await this.#query(this.#pool, text, params)).rows;
    const { client } = transaction;
    await client.query('SAVEPOINT alone');
    try {
      return (await this.#query(client, text, params)).rows;
    } catch (error) {
      await client.query('ROLLBACK TO alone');
      throw error;
    } finally {
      await client.query('RELEASE alone');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }

  async #transact<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#ambient.getStore();
    if (outer?.open) return join(outer, work);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (attempt === attempts || !isConflict(error)) throw error;
      }
    }
  }

  async #once<T>(work: () => Promise<T>): Promise<T> {
    const client = await this.#connect();
    const transaction: Transaction = { open: true, failure: null, client };
    let broken: Error | undefined;
    const breaks = (error: Error) => {
      broken = error;
    };
    // It may break between two statements; the next one then says so.
    client.on('error', breaks);
    try {
      await this.#query(client, 'BEGIN ISOLATION LEVEL READ COMMITTED');
      const result = await this.#ambient.run(transaction, work);
      transaction.open = false;
      if (transaction.failure !== null) throw transaction.failure.error;
      await this.#query(client, 'COMMIT');
      return result;
    } catch (error) {
      transaction.open = false;
      try {
        await client.query('ROLLBACK');
      } catch (cause) {
        breaks(cause instanceof Error ? cause : new Error(String(cause)));
      }
      // A statement's own failure says more than what the caller made of it, when it decides whether to try again.
      throw transaction.failure !== null && isConflict(transaction.failure.error) ? transaction.failure.error : error;
    } finally {
      client.off('error', breaks);
      client.release(broken);
    }
  }

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw isUnreachable(error) ? storeUnavailable(this.#url, error) : error;
    }
  }

  async #ask(text: string, params: readonly SqlValue[] = []): Promise<Answer> {
    const transaction = this.#ambient.getStore();
    if (!transaction?.open) return this.#query(this.#pool, text, params);
    try {
      return await this.#query(transaction.client, text, params);
    } catch (cause) {
      const error = errorCode(cause) === uniqueViolation ? alreadyExists(text, cause) : cause;
      transaction.failure ??= { error };
      throw error;
    }
  }

  async #write(text: string, params: readonly SqlValue[] = []): Promise<Answer> {
    if (!this.inTransaction()) throw new WriteOutsideTransaction(text);
    return this.#ask(text, params);
  }

  async #query(on: Pool | PoolClient, text: string, params: readonly SqlValue[] = []): Promise<Answer> {
    try {
      const { rows, rowCount } = await on.query<SqlRow>({ name: this.#name(text), text, values: params.map(storable) });
      return { rows, changed: rowCount ?? 0 };
    } catch (error) {
      throw isUnreachable(error) && !isFailure(error) ? storeUnavailable(this.#url, error) : error;
    }
  }

  #name(text: string): string {
    let name = this.#names.get(text);
    if (name === undefined) {
      name = `s${this.#names.size + 1}`;
      this.#names.set(text, name);
    }
    return name;
  }
}

/** PostgreSQL's text has no U+0000, which strangers may well send: it is stored, and looked for, as U+FFFD. */
function storable(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\ufffd') : value;
}

/** BIGINT as number (ours are below 2^53), BYTEA as Uint8Array of its own. */
function getTypeParser(...[oid, format]: Parameters<typeof types.getTypeParser>): (value: string) => unknown {
  if (oid === types.builtins.INT8) return Number;
  const parse = types.getTypeParser(oid, format);
  return oid === types.builtins.BYTEA ? (value) => new Uint8Array(parse(value)) : parse;
}

/** Waits for all, so that none is still under way when the first failure is thrown. */
async function settledInOrder<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}
