import type { Challenge } from '../challenges/challenge.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql } from './sql.ts';

export const challengeRecords = recordTable<Challenge>('challenge', {
  id: 'plain',
  deploymentId: 'plain',
  profileId: 'plain',
  generation: 'plain',
  revision: 'plain',
  secretHash: 'plain',
  createdAt: 'plain',
  expiresAt: 'plain',
  state: 'plain',
  cancelReason: 'plain',
  boundKey: 'plain',
  certificateId: 'plain',
});

const select = `SELECT ${challengeRecords.select()} FROM challenge`;

export function challengeTable(sql: Sql): ChallengeStore {
  return {
    async insert(challenges) {
      await sql.runMany(
        challengeRecords.insert,
        challenges.map((challenge) => challengeRecords.values(challenge)),
      );
    },
    async findBySecretHash(secretHash) {
      const row = await sql.one(`${select} WHERE secret_hash = $1`, [secretHash]);
      return row && challengeRecords.read(row);
    },
    async bind(id, key) {
      const bound = await sql.run(
        `UPDATE challenge SET bound_key = $2
         WHERE id = $1 AND state = 'live' AND (bound_key IS NULL OR bound_key = $2)`,
        [id, key],
      );
      return bound === 1;
    },
    async cancel(deploymentIds, reason) {
      return sql.run(
        `UPDATE challenge SET state = 'cancelled', cancel_reason = $2
         WHERE state = 'live' AND ${isAnyOf(sql, 'deployment_id', '$1')}`,
        [JSON.stringify(deploymentIds), reason],
      );
    },
    async byDeployment(deploymentId, limit) {
      const rows = await sql.all(`${select} WHERE deployment_id = $1 ORDER BY id DESC LIMIT $2`, [deploymentId, limit]);
      return rows.map((row) => challengeRecords.read(row));
    },
  };
}
