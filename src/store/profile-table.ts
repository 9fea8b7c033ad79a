import type { Profile } from '../profiles/profile.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import { contains, folded } from './folded.ts';
import { pageOf } from './page-query.ts';
import { type Kinds, recordTable } from './record-table.ts';
import { rememberedRows } from './remembered-rows.ts';
import { saveVersion } from './save-version.ts';
import type { Sql } from './sql.ts';

export const profileColumns: Kinds<Profile> = {
  id: 'plain',
  slug: 'plain',
  kind: 'plain',
  name: 'plain',
  description: 'plain',
  scopeTags: 'json',
  version: 'plain',
  contentVersion: 'plain',
  deliveryVersion: 'plain',
  settings: 'json',
  createdAt: 'plain',
  updatedAt: 'plain',
};

export const profileRecords = recordTable<Profile>('profile', profileColumns, {
  nameFolded: (profile) => folded(profile.name),
  platform: (profile) => profile.settings.platform,
});

/** Versions that are kept, those of deleted profiles too. */
export const profileVersionRecords = recordTable<Profile>('profile_version', profileColumns);

const select = `SELECT ${profileRecords.select()} FROM profile`;

export function profileTable(sql: Sql): ProfileStore {
  const all = rememberedRows(sql, profileRecords, {
    content: ['id', 'version', 'updated_at'],
    order: 'name_folded, id',
  });
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && profileRecords.read(row);
    },
    async findBySlug(slug) {
      const row = await sql.one(`${select} WHERE slug = $1`, [slug]);
      return row && profileRecords.read(row);
    },
    async findByName(name) {
      const rows = await sql.all(`${select} WHERE name_folded = $1 ORDER BY id`, [folded(name)]);
      return rows.map((row) => profileRecords.read(row));
    },
    /** By name then id; `search` is part of the name. */
    list({ search, platform }, page) {
      return pageOf<Profile>(
        sql,
        {
          select,
          where: [
            ['platform = $?', platform],
            [`name_folded LIKE $? ESCAPE '\\'`, search === null ? null : contains(search)],
          ],
          order: ['name_folded', 'id'],
          read: (row) => profileRecords.read(row),
          key: (profile) => [folded(profile.name), profile.id],
        },
        page,
      );
    },
    all,
    save: (profile) => saveVersion(sql, profileRecords, profile),
    async remove(id) {
      await sql.run('DELETE FROM assignment WHERE profile_id = $1', [id]);
      await sql.run('DELETE FROM profile WHERE id = $1', [id]);
    },
  };
}
