import { AsyncLocalStorage } from 'node:async_hooks';
import { Client, Pool, type PoolClient, type QueryConfig, types } from 'pg';
import { isFailure } from '../../lib/failure.ts';
import type { Transact } from '../../lib/transact.ts';
import { alreadyExists } from '../already-exists.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { join, type OpenTransaction, WriteOutsideTransaction } from '../transaction.ts';
import { errorCode, isConflict, isUnreachable, storeAway, storeUnavailable } from './postgres-failure.ts';
import { rowBatches } from './row-batches.ts';

type Transaction = OpenTransaction & { readonly client: PoolClient };
/** What the driver knows and its types do not: a limit for one query. */
type LimitedQuery = QueryConfig & { query_timeout?: number };
type Answer = { readonly rows: SqlRow[]; readonly changed: number };

const usualConnections = 16;
/**
 * Milliseconds for one statement, unless the URL says `?query_timeout=`: a server that stands still, or behind a network
 * that lost it, keeps its connections open and says nothing.
 */
const statementLimit = 15_000;
/** For what may take its time: many statements in one go, the schema. */
const longLimit = 600_000;
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
  #opened = false;

  constructor(url: string, { connections = usualConnections } = {}) {
    this.#url = url;
    this.#pool = new Pool({
      Client: QuittingClient,
      connectionString: url,
      application_name: 'scepward',
      max: connections,
      connectionTimeoutMillis: 5000,
      query_timeout: statementLimit,
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
      epoch: () => null,
      all: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        (await this.#ask(text, params)).rows as Row[],
      one: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
        ((await this.#ask(text, params)).rows[0] as Row | undefined) ?? null,
      run: async (text, params) => (await this.#write(text, params)).changed,
      runMany: async (text, paramsLists) => {
        // Sent one after the other without waiting; the server works them off in this order.
        const batches = rowBatches(text, paramsLists);
        const answers = await settledInOrder(batches.map((batch) => this.#write(batch.text, batch.params, longLimit)));
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
    const script: LimitedQuery = { text, query_timeout: longLimit };
    await transaction.client.query(script);
  }

  /** Inside `transact`: one statement that may wait for other servers. */
  async patiently(text: string, params: readonly SqlValue[]): Promise<void> {
    await this.#write(text, params, longLimit);
  }

  /** Throws unless the server answers within `limit` ms. */
  async ping(limit: number): Promise<void> {
    await this.#query(this.#pool, 'SELECT 1 AS alive', [], limit);
  }

  /** From here on failures are read by strangers too. */
  opened(): void {
    this.#opened = true;
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
      // Sent without waiting: what follows on this connection is worked off after it. Not prepared, so that nothing can be
      // wrong with it that is not wrong with the connection.
      const begun = client.query('BEGIN ISOLATION LEVEL READ COMMITTED');
      begun.catch(() => {});
      const result = await this.#ambient.run(transaction, work);
      transaction.open = false;
      if (transaction.failure !== null) throw transaction.failure.error;
      await begun;
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
      throw isUnreachable(error) ? this.#away(error) : error;
    }
  }

  async #ask(text: string, params: readonly SqlValue[] = [], limit?: number): Promise<Answer> {
    const transaction = this.#ambient.getStore();
    if (!transaction?.open) return this.#query(this.#pool, text, params, limit);
    try {
      return await this.#query(transaction.client, text, params, limit);
    } catch (cause) {
      const error = errorCode(cause) === uniqueViolation ? alreadyExists(text, cause) : cause;
      transaction.failure ??= { error };
      throw error;
    }
  }

  async #write(text: string, params: readonly SqlValue[] = [], limit?: number): Promise<Answer> {
    if (!this.inTransaction()) throw new WriteOutsideTransaction(text);
    return this.#ask(text, params, limit);
  }

  async #query(on: Pool | PoolClient, text: string, params: readonly SqlValue[] = [], limit?: number): Promise<Answer> {
    const statement: LimitedQuery = {
      name: this.#name(text),
      text,
      values: params.map(storable),
    };
    if (limit !== undefined) statement.query_timeout = limit;
    try {
      const { rows, rowCount } = await on.query<SqlRow>(statement);
      return { rows, changed: rowCount ?? 0 };
    } catch (error) {
      throw isUnreachable(error) && !isFailure(error) ? this.#away(error) : error;
    }
  }

  #away(error: unknown): Error {
    return this.#opened ? storeAway(error) : storeUnavailable(this.#url, error);
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

/**
 * Says goodbye when it could not sign in. The driver's own leaves such a connection open, and PostgreSQL then keeps
 * waiting for the password, for a minute; meanwhile nobody can drop a database.
 */
class QuittingClient extends Client {
  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): unknown {
    if (callback === undefined) return super.connect();
    return super.connect((error: Error | null) => {
      if (error) void this.end().catch(() => {});
      callback(error as Error);
    });
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
