import type { ScopeTag, ScopeTagId } from '../access/scope-tag.ts';
import type { ScopeTagStore } from '../access/scope-tag-store.ts';
import { contains, folded } from './folded.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { saveVersion } from './save-version.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const table = recordTable<ScopeTag>(
  'scope_tag',
  {
    id: 'plain',
    name: 'plain',
    description: 'plain',
    groupIds: 'json',
    version: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: ({ name }) => folded(name) },
);

const select = `SELECT ${table.select()} FROM scope_tag`;

export function scopeTagTable(sql: Sql): ScopeTagStore {
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findByName(name) {
      const row = await sql.one(`${select} WHERE name_folded = $1`, [folded(name)]);
      return row && table.read(row);
    },
    list({ search }, page) {
      return pageOf<ScopeTag>(
        sql,
        {
          select,
          where: [[`name_folded LIKE $? ESCAPE '\\'`, search === null ? null : contains(search)]],
          order: ['name_folded', 'id'],
          read: (row) => table.read(row),
          key: ({ name, id }) => [folded(name), id],
        },
        page,
      );
    },
    async all() {
      return (await sql.all(`${select} ORDER BY name_folded`)).map((row) => table.read(row));
    },
    save: (tag) => saveVersion(sql, table, tag),
    async remove(id) {
      await sql.run('DELETE FROM device_scope_tag WHERE tag_id = $1', [id]);
      await sql.run('DELETE FROM scope_tag WHERE id = $1', [id]);
    },
    async givenTo(deviceIds) {
      const rows = await sql.all<SqlRow & { device_id: string; tag_id: ScopeTagId }>(
        `SELECT device_id, tag_id FROM device_scope_tag JOIN scope_tag ON scope_tag.id = tag_id
         WHERE ${isAnyOf(sql, 'device_id', '$1')} ORDER BY device_id, name_folded`,
        [JSON.stringify(deviceIds)],
      );
      const given = new Map<string, ScopeTagId[]>();
      for (const { device_id, tag_id } of rows) {
        const known = given.get(device_id);
        if (known === undefined) given.set(device_id, [tag_id]);
        else known.push(tag_id);
      }
      return given;
    },
    async give(deviceId, tagIds) {
      await sql.run('DELETE FROM device_scope_tag WHERE device_id = $1', [deviceId]);
      await sql.runMany(
        'INSERT INTO device_scope_tag (device_id, tag_id) VALUES ($1, $2)',
        [...new Set(tagIds)].sort().map((tagId) => [deviceId, tagId]),
      );
    },
  };
}
