import type { DeviceId } from '../directory/device.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Sql, SqlRow } from './sql.ts';

// A new mark takes the place of the old one, and its number was never used before.
const again = {
  sqlite: (devices: string) => `INSERT OR REPLACE INTO dirty_device (device_id) ${devices}`,
  postgres: (devices: string) =>
    `INSERT INTO dirty_device (device_id) ${devices} ON CONFLICT (device_id) DO UPDATE SET mark = excluded.mark`,
};

/** Devices per statement. */
const atOnce = 5000;
const given = {
  sqlite: 'SELECT value FROM json_each($1) WHERE true ORDER BY key',
  postgres: 'SELECT jsonb_array_elements_text($1::jsonb)',
};
const done = {
  sqlite: 'DELETE FROM dirty_device WHERE mark IN (SELECT value FROM json_each($1))',
  postgres: 'DELETE FROM dirty_device WHERE mark = ANY(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::bigint))',
};

const oldest = 'SELECT device_id, mark FROM dirty_device ORDER BY mark LIMIT $1';
const marked = 'SELECT mark FROM dirty_device WHERE device_id = $1';
// On SQLite the transaction itself keeps other takers out.
const unclaimed = ' FOR UPDATE SKIP LOCKED';

export function dirtyQueue(sql: Sql): DirtyQueue {
  const put = again[sql.dialect];
  return {
    async mark(deviceIds) {
      // Sorted, so that two transactions that mark the same devices wait for each other and never in a circle.
      const ids = [...new Set(deviceIds)].sort();
      for (let at = 0; at < ids.length; at += atOnce)
        await sql.run(put(given[sql.dialect]), [JSON.stringify(ids.slice(at, at + atOnce))]);
    },
    async markAll(platform) {
      if (platform === undefined) await sql.run(put('SELECT id FROM device WHERE retired_at IS NULL ORDER BY id'));
      else
        await sql.run(put('SELECT id FROM device WHERE retired_at IS NULL AND platform = $1 ORDER BY id'), [platform]);
    },
    async take(limit) {
      const claim = sql.dialect === 'postgres' && sql.inTransaction();
      const rows = await sql.all<SqlRow & { device_id: DeviceId; mark: number }>(
        claim ? `${oldest}${unclaimed}` : oldest,
        [limit],
      );
      return rows.map((row) => ({ deviceId: row.device_id, mark: row.mark }));
    },
    async takeOne(deviceId) {
      const claim = sql.dialect === 'postgres' && sql.inTransaction();
      const row = await sql.one<SqlRow & { mark: number }>(claim ? `${marked} FOR UPDATE` : marked, [deviceId]);
      return row === null ? null : { deviceId, mark: row.mark };
    },
    async done(taken) {
      if (taken.length > 0) await sql.run(done[sql.dialect], [JSON.stringify(taken.map(({ mark }) => mark))]);
    },
    async size() {
      const row = await sql.one<SqlRow & { size: number }>('SELECT count(*) AS size FROM dirty_device');
      return row?.size ?? 0;
    },
  };
}
