import type { DeviceCredential, DeviceCredentialStore } from '../delivery/device-credential.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const table = recordTable<DeviceCredential>('device_credential', {
  id: 'plain',
  deviceId: 'plain',
  secretHash: 'plain',
  createdAt: 'plain',
  supersededBy: 'plain',
  firstUsedAt: 'plain',
  revokedAt: 'plain',
});

const select = `SELECT ${table.select()} FROM device_credential`;

export function deviceCredentialTable(sql: Sql): DeviceCredentialStore {
  return {
    async findBySecretHash(secretHash) {
      const row = await sql.one(`${select} WHERE secret_hash = $1`, [secretHash]);
      return row && table.read(row);
    },
    async byDevice(deviceId) {
      const rows = await sql.all(`${select} WHERE device_id = $1 ORDER BY id`, [deviceId]);
      return rows.map((row) => table.read(row));
    },
    async insert(credential) {
      await sql.run(table.insert, table.values(credential));
    },
    async supersede(known, by) {
      const superseded = await sql.run(
        `UPDATE device_credential SET superseded_by = $2
         WHERE id = $1 AND revoked_at IS NULL AND superseded_by IS NOT DISTINCT FROM $3`,
        [known.id, by, known.supersededBy],
      );
      return superseded === 1;
    },
    async markUsed(id, at) {
      await sql.run('UPDATE device_credential SET first_used_at = $2 WHERE id = $1 AND first_used_at IS NULL', [
        id,
        at,
      ]);
    },
    async revoke(deviceId, keep, at) {
      return sql.run(
        `UPDATE device_credential SET revoked_at = $3 WHERE device_id = $1 AND revoked_at IS NULL AND id <> $2`,
        [deviceId, keep ?? '', at],
      );
    },
  };
}
