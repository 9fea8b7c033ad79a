/** The thread that reports are read on, beside the main one, which issues. It cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import { reportPortsOn } from '../report-ports.ts';
import type { Sql, SqlRow, SqlValue } from '../sql.ts';
import { WriteOutsideTransaction } from '../transaction.ts';
import { Connection } from './connection.ts';
import { type ReadingAnswer, type ReadingCall, thrown } from './reading-message.ts';

const connection = new Connection(String(workerData), 'reader');
const refuse = async (text: string) => {
  throw new WriteOutsideTransaction(text);
};
const sql: Sql = {
  dialect: 'sqlite',
  inTransaction: () => false,
  epoch: () => null,
  all: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) => connection.all(text, params) as Row[],
  one: async <Row extends SqlRow>(text: string, params?: readonly SqlValue[]) =>
    connection.one(text, params) as Row | null,
  run: refuse,
  runMany: refuse,
};
const ports = reportPortsOn(sql);

parentPort?.on('message', async ({ id, port, method, given }: ReadingCall) => {
  const methods = ports[port] as unknown as Readonly<Record<string, (...given: unknown[]) => Promise<unknown>>>;
  let answer: ReadingAnswer;
  try {
    answer = { id, result: await methods[method]?.(...given) };
  } catch (error) {
    answer = thrown(id, error);
  }
  parentPort?.postMessage(answer);
});
