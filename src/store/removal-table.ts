import type { SettingsStore } from '../access/settings-store.ts';
import type { MassRemovalSetting, MassRemovalStore } from '../lifecycle/mass-removal.ts';
import { defaultMassRemoval } from '../lifecycle/mass-removal.ts';
import type { Removal, RemovalCase, RemovalCaseId } from '../lifecycle/removal.ts';
import type { RemovalCaseStore } from '../lifecycle/removal-case-store.ts';
import type { ForgetRemovals, RemovalStore, StopCountingRemovals } from '../lifecycle/removal-store.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, lockFor, type Sql, type SqlRow } from './sql.ts';

const records = recordTable<Removal>('removal', {
  id: 'plain',
  deviceId: 'plain',
  profileId: 'plain',
  occasion: 'plain',
  state: 'plain',
  caseId: 'plain',
  rule: 'json',
  at: 'plain',
  counts: 'boolean',
  revokeAt: 'plain',
});

const caseRecords = recordTable<RemovalCase>('removal_case', {
  id: 'plain',
  profileId: 'plain',
  occasion: 'plain',
  state: 'plain',
  openedAt: 'plain',
  joinedAt: 'plain',
  remindedAt: 'plain',
  decidedAt: 'plain',
  decidedBy: 'json',
  jobId: 'plain',
});

const select = `SELECT ${records.select()} FROM removal`;
const selectCase = `SELECT ${caseRecords.select()} FROM removal_case`;

export function removalTable(sql: Sql): RemovalStore {
  return {
    async save(removals) {
      await sql.runMany(
        records.upsert,
        removals.map((removal) => records.values(removal)),
      );
    },
    async end(ids) {
      if (ids.length > 0) await sql.run(`DELETE FROM removal WHERE ${isAnyOf(sql, 'id', '$1')}`, [JSON.stringify(ids)]);
    },
    async ofDevices(deviceIds) {
      const rows = await sql.all(`${select} WHERE ${isAnyOf(sql, 'device_id', '$1')} ORDER BY id`, [
        JSON.stringify(deviceIds),
      ]);
      return rows.map((row) => records.read(row));
    },
    async countSince(since, most) {
      const row = await sql.one<SqlRow & { n: number }>(
        `SELECT count(*) AS n FROM (
           SELECT 1 FROM removal WHERE counts = 1 AND (at >= $1 OR state = 'undecided') LIMIT $2) counted`,
        [since, most],
      );
      return row?.n ?? 0;
    },
    async undecided(limit) {
      const rows = await sql.all(`${select} WHERE state = 'undecided' ORDER BY id LIMIT $1`, [limit]);
      return rows.map((row) => records.read(row));
    },
    putIntoCase({ profileId, occasion }, caseId) {
      return sql.run(
        `UPDATE removal SET state = 'waiting', case_id = $3, counts = 0
         WHERE state = 'undecided' AND profile_id = $1 AND occasion = $2`,
        [profileId, occasion, caseId],
      );
    },
    async due(now, limit) {
      const rows = await sql.all(
        `${select} WHERE revoke_at IS NOT NULL AND revoke_at <= $1 ORDER BY revoke_at, id LIMIT $2`,
        [now, limit],
      );
      return rows.map((row) => records.read(row));
    },
  };
}

export function forgetRemovals(sql: Sql): ForgetRemovals {
  return (before) => sql.run("DELETE FROM removal WHERE state = 'removed' AND revoke_at IS NULL AND at < $1", [before]);
}

export function stopCountingRemovals(sql: Sql): StopCountingRemovals {
  return (occasion) =>
    sql.run("UPDATE removal SET counts = 0 WHERE counts = 1 AND state = 'removed' AND occasion = $1", [occasion]);
}

export function removalCaseTable(sql: Sql): RemovalCaseStore {
  return {
    async get(id, purpose) {
      const row = await sql.one(`${selectCase} WHERE id = $1${lockFor(sql, purpose)}`, [id]);
      return row && caseRecords.read(row);
    },
    async waiting() {
      const rows = await sql.all(`${selectCase} WHERE state = 'waiting' ORDER BY id`);
      return rows.map((row) => caseRecords.read(row));
    },
    list({ state }, page) {
      return pageOf<RemovalCase>(
        sql,
        {
          select: selectCase,
          where: [['state = $?', state]],
          order: ['id'],
          descending: true,
          read: (row) => caseRecords.read(row),
          key: ({ id }) => [id],
        },
        page,
      );
    },
    async save(one) {
      await sql.run(caseRecords.upsert, caseRecords.values(one));
    },
    async join(id, at) {
      const joined = "UPDATE removal_case SET joined_at = $2 WHERE id = $1 AND state = 'waiting'";
      return (await sql.run(joined, [id, at])) > 0;
    },
    async items(id, after, limit) {
      const rows = await sql.all(
        `${select} WHERE case_id = $1 AND state = 'waiting' AND id > $2 ORDER BY id LIMIT $3`,
        [id, after ?? '', limit],
      );
      return rows.map((row) => records.read(row));
    },
    async sizes(ids) {
      const rows = await sql.all<SqlRow & { case_id: RemovalCaseId; n: number }>(
        `SELECT case_id, count(*) AS n FROM removal WHERE ${isAnyOf(sql, 'case_id', '$1')} AND state = 'waiting' GROUP BY case_id`,
        [JSON.stringify(ids)],
      );
      return new Map(rows.map((row) => [row.case_id, row.n]));
    },
  };
}

const settingName = 'mass-removal';

export function massRemovalSetting(settings: SettingsStore): MassRemovalStore {
  return {
    // What an older release stored says nothing of what came later.
    get: async () => ({
      ...defaultMassRemoval,
      ...((await settings.get(settingName)) as Partial<MassRemovalSetting> | null),
    }),
    put: (setting) => settings.put(settingName, setting),
  };
}
