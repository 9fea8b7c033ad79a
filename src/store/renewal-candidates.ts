import type { DeploymentId, DeploymentState } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { RenewalCandidates } from '../lifecycle/renewal-candidates.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Sql, SqlRow } from './sql.ts';

type Row = SqlRow & {
  id: DeploymentId;
  device_id: DeviceId;
  profile_id: ProfileId;
  state: DeploymentState;
  generation: number;
  revision: number;
  not_after: number;
  revoked_at: number | null;
};

const find = `
SELECT d.id, d.device_id, d.profile_id, d.state, d.generation, d.revision, c.not_after, c.revoked_at
FROM deployment d JOIN certificate c ON c.id = d.current_certificate_id
WHERE d.profile_id = $1 AND d.kind = 'scep' AND d.wanted = 1 AND d.expectation IS NOT NULL
  AND d.generation = d.issued_generation
  AND (c.revoked_at IS NOT NULL
    OR (c.not_after - $2) * 100 <= (c.not_after - c.not_before) * $3
    OR d.state IN ('deleted', 'revoked'))
ORDER BY c.not_after, d.id LIMIT $4`;

export function renewalCandidates(sql: Sql): RenewalCandidates {
  return {
    async find({ profileId, remainingPercent, now }, limit) {
      const rows = await sql.all<Row>(find, [profileId, now, remainingPercent, limit]);
      return rows.map((row) => ({
        deployment: {
          id: row.id,
          deviceId: row.device_id,
          profileId: row.profile_id,
          state: row.state,
          wanted: true,
          generation: row.generation,
          issuedGeneration: row.generation,
          revision: row.revision,
        },
        certificate: { notAfter: row.not_after, revokedAt: row.revoked_at },
      }));
    },
  };
}
