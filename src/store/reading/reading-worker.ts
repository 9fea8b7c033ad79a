/** The thread that reports are read on, beside the main one, which issues. It cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import { viewing } from '../../access/viewing.ts';
import { reportPortsOn } from '../report-ports.ts';
import { seenSql } from '../seen/seen-sql.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { WriteOutsideTransaction } from '../transaction.ts';
import { type ReadingAnswer, type ReadingCall, type ReadingPlace, thrown } from './reading-message.ts';

const sql = await sqlOf(workerData as ReadingPlace);
const ports = reportPortsOn(seenSql(sql), sql);

parentPort?.on('message', async ({ id, port, method, given, viewer }: ReadingCall) => {
  const methods = ports[port] as unknown as Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
  let answer: ReadingAnswer;
  try {
    answer = { id, result: await viewing(viewer, () => methods[method]?.(...given)) };
  } catch (error) {
    answer = thrown(id, error);
  }
  parentPort?.postMessage(answer);
});

/** It refuses to write: on SQLite by its connection too, on PostgreSQL because there is no transaction. */
async function sqlOf(place: ReadingPlace): Promise<Sql> {
  if (place.kind === 'postgres') {
    const { PostgresDriver } = await import('../postgres/postgres-driver.ts');
    const driver = new PostgresDriver(place.url, { connections: 4 });
    driver.opened();
    return driver.sql;
  }
  const { Connection } = await import('../sqlite/connection.ts');
  const connection = new Connection(place.file, 'reader');
  const refuse = async (text: string) => {
    throw new WriteOutsideTransaction(text);
  };
  return {
    dialect: 'sqlite',
    inTransaction: () => false,
    epoch: () => null,
    all: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
      connection.all(text, params) as Row[],
    one: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
      connection.one(text, params) as Row | null,
    run: refuse,
    runMany: refuse,
  };
}
