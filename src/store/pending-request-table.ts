import type { PendingRequest, PendingRequestStore } from '../enrollment/pending-request.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<PendingRequest>('pending_request', {
  id: 'plain',
  deploymentId: 'plain',
  revision: 'plain',
  generation: 'plain',
  transactionID: 'plain',
  keyHash: 'plain',
  certificationRequest: 'plain',
  proof: 'json',
  state: 'plain',
  createdAt: 'plain',
  decidedAt: 'plain',
  decidedBy: 'plain',
});

const select = `SELECT ${table.select()} FROM pending_request`;

// What an administrator has decided stays decided, whoever asks again in that moment.
const save = `${table.upsert} WHERE pending_request.state = 'waiting'`;

export function pendingRequestTable(sql: Sql): PendingRequestStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findByTransaction(transactionID) {
      const rows = await sql.all(`${select} WHERE transaction_id = $1 ORDER BY id DESC`, [transactionID]);
      return rows.map((row) => table.read(row));
    },
    async latest(deploymentId, revision) {
      const row = await sql.one(
        `${select} WHERE deployment_id = $1 AND revision = $2 ORDER BY COALESCE(decided_at, created_at) DESC, id DESC LIMIT 1`,
        [deploymentId, revision],
      );
      return row && table.read(row);
    },
    /** Newest first. */
    async list(state, limit) {
      const rows =
        state === null
          ? await sql.all(`${select} ORDER BY id DESC LIMIT $1`, [limit])
          : await sql.all(`${select} WHERE state = $1 ORDER BY id DESC LIMIT $2`, [state, limit]);
      return rows.map((row) => table.read(row));
    },
    async save(request) {
      return (await sql.run(save, table.values(request))) === 1;
    },
    async decide(id, state, at, by) {
      const decided = await sql.run(
        `UPDATE pending_request SET state = $2, decided_at = $3, decided_by = $4 WHERE id = $1 AND state = 'waiting'`,
        [id, state, at, by],
      );
      return decided === 1;
    },
  };
}
