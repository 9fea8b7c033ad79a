import type { ScepTransaction, ScepTransactionLog } from '../events/scep-transaction.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

export const scepTransactionRecords = recordTable<ScepTransaction>('scep_transaction', {
  id: 'plain',
  at: 'plain',
  node: 'plain',
  requestId: 'plain',
  clientAddress: 'plain',
  operation: 'plain',
  messageType: 'plain',
  transactionID: 'plain',
  profileId: 'plain',
  deploymentId: 'plain',
  certificateId: 'plain',
  outcome: 'plain',
  reason: 'plain',
  algorithms: 'json',
  detail: 'json',
  timings: 'json',
});

const listByDeployment = `SELECT ${scepTransactionRecords.select()} FROM scep_transaction
  WHERE deployment_id = $1 ORDER BY id DESC LIMIT $2`;

export function scepTransactionTable(sql: Sql): ScepTransactionLog {
  return {
    async append(row) {
      await sql.run(scepTransactionRecords.insert, scepTransactionRecords.values(row));
    },
    async listByDeployment(deploymentId, limit) {
      const rows = await sql.all(listByDeployment, [deploymentId, limit]);
      return rows.map((row) => scepTransactionRecords.read(row));
    },
  };
}
