import type { HistoryEntry, ProfileHistory } from '../profiles/profile-history.ts';
import { pageOf } from './page-query.ts';
import { profileVersionRecords as versions } from './profile-table.ts';
import { recordTable } from './record-table.ts';
import type { Sql } from './sql.ts';

const entries = recordTable<HistoryEntry>('profile_history', {
  id: 'plain',
  profileId: 'plain',
  kind: 'plain',
  version: 'plain',
  restoredFrom: 'plain',
  at: 'plain',
  cause: 'json',
  changes: 'json',
});

const selectEntries = `SELECT ${entries.select()} FROM profile_history`;
const selectVersions = `SELECT ${versions.select()} FROM profile_version WHERE id = $1`;
const keep = `${versions.insert} ON CONFLICT (id, version) DO NOTHING`;

export function profileHistoryTable(sql: Sql): ProfileHistory {
  return {
    async record(entry, kept) {
      await sql.runMany(
        keep,
        kept.map((profile) => versions.values(profile)),
      );
      await sql.run(entries.insert, entries.values(entry));
    },
    list({ profileId, kind }, page) {
      return pageOf<HistoryEntry>(
        sql,
        {
          select: selectEntries,
          where: [
            ['profile_id = $?', profileId],
            ['kind = $?', kind],
          ],
          order: ['id'],
          descending: true,
          read: (row) => entries.read(row),
          key: ({ id }) => [id],
        },
        page,
      );
    },
    async version(profileId, version) {
      const row = await sql.one(`${selectVersions} AND version = $2`, [profileId, version]);
      return row && versions.read(row);
    },
    async savedAs(profileId, version) {
      const row = await sql.one(`${selectEntries} WHERE profile_id = $1 AND kind = 'saved' AND version = $2`, [
        profileId,
        version,
      ]);
      return row && entries.read(row);
    },
    async latest(profileId) {
      const row = await sql.one(`${selectVersions} ORDER BY version DESC LIMIT 1`, [profileId]);
      return row && versions.read(row);
    },
  };
}
