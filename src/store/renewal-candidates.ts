import type { DeploymentCause, DeploymentId, DeploymentProblem, DeploymentState } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import { day } from '../lib/clock.ts';
import type { RenewalCandidates } from '../lifecycle/renewal-candidates.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Sql, SqlRow } from './sql.ts';

type Row = SqlRow & {
  id: DeploymentId;
  device_id: DeviceId;
  profile_id: ProfileId;
  state: DeploymentState;
  state_since: number;
  state_cause: DeploymentCause | null;
  generation: number;
  revision: number;
  renew_at: number;
  certificate_not_after: number | null;
  revoked_at: number | null;
  problem: string | null;
  fillable: number | boolean;
};

/** By the index of days; the first three conditions are those of the index, word for word. */
const find = `
SELECT d.id, d.device_id, d.profile_id, d.state, d.state_since, d.state_cause, d.generation, d.revision, d.renew_at,
  d.certificate_not_after, c.revoked_at, d.problem, d.expectation IS NOT NULL AS fillable
FROM deployment d LEFT JOIN certificate c ON c.id = d.current_certificate_id
WHERE d.renew_at IS NOT NULL AND d.wanted = 1 AND d.generation = d.issued_generation
  AND d.renew_at / 86400000 <= $1 AND d.renew_at <= $2
ORDER BY d.renew_at / 86400000, d.current_certificate_id LIMIT $3`;

export function renewalCandidates(sql: Sql): RenewalCandidates {
  return {
    async find(now, limit) {
      const rows = await sql.all<Row>(find, [Math.floor(now / day), now, limit]);
      return rows.map((row) => ({
        deployment: {
          id: row.id,
          deviceId: row.device_id,
          profileId: row.profile_id,
          state: row.state,
          stateSince: row.state_since,
          stateCause: row.state_cause,
          wanted: true,
          problem: row.problem === null ? null : (JSON.parse(row.problem) as DeploymentProblem),
          generation: row.generation,
          issuedGeneration: row.generation,
          revision: row.revision,
          renewAt: row.renew_at,
          certificateNotAfter: row.certificate_not_after,
        },
        fillable: Boolean(row.fillable),
        certificate: { revokedAt: row.revoked_at },
      }));
    },
  };
}
