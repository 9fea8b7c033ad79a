import type { Challenge } from '../challenges/challenge.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, lockFor, type Sql, type SqlRow } from './sql.ts';

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
      const live = await sql.all<SqlRow & { id: string; deployment_id: string }>(
        `SELECT id, deployment_id FROM challenge
         WHERE state = 'live' AND ${isAnyOf(sql, 'deployment_id', '$1')} ORDER BY id${lockFor(sql, 'to-change')}`,
        [JSON.stringify(deploymentIds)],
      );
      if (live.length > 0)
        await sql.run(
          `UPDATE challenge SET state = 'cancelled', cancel_reason = $2 WHERE ${isAnyOf(sql, 'id', '$1')}`,
          [JSON.stringify(live.map(({ id }) => id)), reason],
        );
      const counts = new Map<string, number>();
      for (const { deployment_id: id } of live) counts.set(id, (counts.get(id) ?? 0) + 1);
      return counts;
    },
    async byDeployment(deploymentId, limit) {
      const rows = await sql.all(`${select} WHERE deployment_id = $1 ORDER BY id DESC LIMIT $2`, [deploymentId, limit]);
      return rows.map((row) => challengeRecords.read(row));
    },
  };
}
