import type { AssignableDevice } from '../assignments/reach.ts';
import type { DeploymentId } from '../deployments/deployment.ts';
import type { DeviceId } from '../directory/device.ts';
import type { DeviceWalk } from '../lifecycle/device-walk.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const ofPlatform = `SELECT id FROM device
  WHERE platform = $1 AND retired_at IS NULL AND id > $2 ORDER BY id LIMIT $3`;
const withProfile = `SELECT id, device_id FROM deployment
  WHERE profile_id = $1 AND wanted = 1 AND id > $2 ORDER BY id LIMIT $3`;

const assignable = recordTable<AssignableDevice>('device', {
  id: 'plain',
  deviceName: 'plain',
  platform: 'plain',
  management: 'plain',
  ownership: 'plain',
  osVersion: 'plain',
  osEdition: 'plain',
  trustType: 'plain',
  manufacturer: 'plain',
  model: 'plain',
  deviceCategory: 'plain',
  cpuArchitecture: 'plain',
  isRooted: 'boolean',
  enrollmentProfileName: 'plain',
  coManagementWorkload: 'plain',
  primaryUserId: 'plain',
  reported: 'json',
  registeredAt: 'plain',
  retiredAt: 'plain',
  retiredBy: 'plain',
});
const assignableOfPlatform = `SELECT ${assignable.select()} FROM device
  WHERE platform = $1 AND retired_at IS NULL AND id > $2 ORDER BY id LIMIT $3`;

export function deviceWalk(sql: Sql): DeviceWalk {
  const assignableOf = `SELECT ${assignable.select()} FROM device
    WHERE ${isAnyOf(sql, 'id', '$1')} AND retired_at IS NULL ORDER BY id`;
  return {
    async assignableOfPlatform(platform, after, limit) {
      const rows = await sql.all(assignableOfPlatform, [platform, after ?? '', limit]);
      return rows.map((row) => assignable.read(row));
    },
    async assignable(deviceIds) {
      const rows = await sql.all(assignableOf, [JSON.stringify(deviceIds)]);
      return rows.map((row) => assignable.read(row));
    },
    async ofPlatform(platform, after, limit) {
      const rows = await sql.all<SqlRow & { id: DeviceId }>(ofPlatform, [platform, after ?? '', limit]);
      return rows.map(({ id }) => id);
    },
    async withProfile(profileId, after, limit) {
      const rows = await sql.all<SqlRow & { id: DeploymentId; device_id: DeviceId }>(withProfile, [
        profileId,
        after ?? '',
        limit,
      ]);
      return rows.map((row) => ({ deviceId: row.device_id, deploymentId: row.id }));
    },
    async count(most) {
      const row = await sql.one<SqlRow & { n: number }>(
        'SELECT count(*) AS n FROM (SELECT 1 FROM device WHERE retired_at IS NULL LIMIT $1) counted',
        [most],
      );
      return row?.n ?? 0;
    },
  };
}
