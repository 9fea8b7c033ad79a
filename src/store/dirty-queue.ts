import type { DirtyMark, DirtyQueue } from '../directory/dirty-queue.ts';
import type { Sql, SqlRow } from './sql.ts';

// A new mark takes the place of the old one, and its number was never used before. `$1`: the profile; both of one profile
// stay that profile's. `devices` names the column `id`.
const again = {
  sqlite: (devices: string) => `INSERT OR REPLACE INTO dirty_device (device_id, profile_id)
    SELECT id, CASE WHEN known.mark IS NULL OR known.profile_id = $1 THEN $1 END
    FROM (${devices}) given LEFT JOIN dirty_device known ON known.device_id = given.id ORDER BY id`,
  postgres: (devices: string) => `INSERT INTO dirty_device (device_id, profile_id)
    SELECT id, CAST($1 AS text) FROM (${devices}) given ORDER BY id
    ON CONFLICT (device_id) DO UPDATE SET mark = excluded.mark,
      profile_id = CASE WHEN dirty_device.profile_id = excluded.profile_id THEN excluded.profile_id END`,
};

/** Devices per statement. */
const atOnce = 5000;
const given = {
  sqlite: 'SELECT value AS id FROM json_each($2)',
  postgres: 'SELECT jsonb_array_elements_text($2::jsonb) COLLATE "C" AS id',
};
const done = {
  sqlite: 'DELETE FROM dirty_device WHERE mark IN (SELECT value FROM json_each($1))',
  postgres: 'DELETE FROM dirty_device WHERE mark = ANY(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::bigint))',
};

const everyone = 'SELECT id FROM device WHERE retired_at IS NULL';
const ofPlatform = `${everyone} AND platform = $2`;
const columns = 'device_id AS "deviceId", mark, profile_id AS "profileId"';
const oldest = `SELECT ${columns} FROM dirty_device ORDER BY mark LIMIT $1`;
const marked = `SELECT ${columns} FROM dirty_device WHERE device_id = $1`;
// On SQLite the transaction itself keeps other takers out.
const unclaimed = ' FOR UPDATE SKIP LOCKED';

/**
 * Who marks very many would meet batch after batch of those that are being reconciled, and wait for each of them: on
 * PostgreSQL the next batches stand behind whoever waits to mark. Any number, the same in every release.
 */
const marking = 0x5ce9_d147;
const beforeTakers = 'SELECT 1 AS held FROM pg_advisory_xact_lock($1)';
const behindMarkers = 'SELECT 1 AS held FROM pg_advisory_xact_lock_shared($1)';
/** Devices that are marked without that: a check-in marks its own, and waits for nobody else. */
const few = 100;

export function dirtyQueue(sql: Sql): DirtyQueue {
  const put = again[sql.dialect];
  const standing = async (text: string) => {
    if (sql.dialect === 'postgres') await sql.one(text, [marking]);
  };
  return {
    async mark(deviceIds, about = null) {
      // Sorted, so that two transactions that mark the same devices wait for each other and never in a circle.
      const ids = [...new Set(deviceIds)].sort();
      if (ids.length > few) await standing(beforeTakers);
      for (let at = 0; at < ids.length; at += atOnce)
        await sql.run(put(given[sql.dialect]), [about, JSON.stringify(ids.slice(at, at + atOnce))]);
    },
    async markAll(platform, about = null) {
      await standing(beforeTakers);
      if (platform === undefined) await sql.run(put(everyone), [about]);
      else await sql.run(put(ofPlatform), [about, platform]);
    },
    async take(limit) {
      const claim = sql.dialect === 'postgres' && sql.inTransaction();
      if (claim) await standing(behindMarkers);
      return sql.all<SqlRow & DirtyMark>(claim ? `${oldest}${unclaimed}` : oldest, [limit]);
    },
    async takeOne(deviceId) {
      const claim = sql.dialect === 'postgres' && sql.inTransaction();
      return sql.one<SqlRow & DirtyMark>(claim ? `${marked} FOR UPDATE` : marked, [deviceId]);
    },
    async done(taken) {
      if (taken.length > 0) await sql.run(done[sql.dialect], [JSON.stringify(taken.map(({ mark }) => mark))]);
    },
    async size(most) {
      const row = await (most === undefined
        ? sql.one<SqlRow & { size: number }>('SELECT count(*) AS size FROM dirty_device')
        : sql.one<SqlRow & { size: number }>(
            'SELECT count(*) AS size FROM (SELECT 1 FROM dirty_device LIMIT $1) counted',
            [most],
          ));
      return row?.size ?? 0;
    },
  };
}
