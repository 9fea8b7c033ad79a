import type { Group, GroupId, Member } from '../directory/group.ts';
import type { GroupStore } from '../directory/group-store.ts';
import { contains, folded } from './folded.ts';
import { pageOf } from './page-query.ts';
import { recordTable } from './record-table.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const table = recordTable<Group>(
  'directory_group',
  {
    id: 'plain',
    name: 'plain',
    kind: 'plain',
    description: 'plain',
    createdAt: 'plain',
    updatedAt: 'plain',
  },
  { nameFolded: (group) => folded(group.name) },
);

const select = `SELECT ${table.select()} FROM directory_group`;

type MemberRow = SqlRow & { group_id: GroupId; member_kind: Member['kind']; member_id: string };

export function groupTable(sql: Sql): GroupStore {
  const anyOf = (column: string) => isAnyOf(sql, column, '$1');
  return {
    async get(id) {
      const row = await sql.one(`${select} WHERE id = $1`, [id]);
      return row && table.read(row);
    },
    async findByName(name) {
      const rows = await sql.all(`${select} WHERE name_folded = $1 ORDER BY id`, [folded(name)]);
      return rows.map((row) => table.read(row));
    },
    /** By name then id; `search` is part of the name. */
    list({ search }, page) {
      return pageOf<Group>(
        sql,
        {
          select,
          where: [[`name_folded LIKE $? ESCAPE '\\'`, search === null ? null : contains(search)]],
          order: ['name_folded', 'id'],
          read: (row) => table.read(row),
          key: (group) => [folded(group.name), group.id],
        },
        page,
      );
    },
    async save(groups) {
      await sql.runMany(
        table.upsert,
        groups.map((group) => table.values(group)),
      );
    },
    async remove(ids) {
      const params = [JSON.stringify(ids)];
      await sql.run(
        `DELETE FROM group_member WHERE ${anyOf('group_id')} OR (member_kind = 'group' AND ${anyOf('member_id')})`,
        params,
      );
      await sql.run(`DELETE FROM directory_group WHERE ${anyOf('id')}`, params);
    },
    async members(groupIds) {
      const rows = await sql.all<MemberRow>(
        `SELECT group_id, member_kind, member_id FROM group_member WHERE ${anyOf('group_id')}
         ORDER BY group_id, member_kind, member_id`,
        [JSON.stringify(groupIds)],
      );
      return rows.map((row) => ({ groupId: row.group_id, member: { kind: row.member_kind, id: row.member_id } }));
    },
    async changeMembers({ add, remove }) {
      const added = await sql.runMany(
        'INSERT INTO group_member (group_id, member_kind, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
        add.map(({ groupId, member }) => [groupId, member.kind, member.id]),
      );
      const removed = await sql.runMany(
        'DELETE FROM group_member WHERE group_id = $1 AND member_kind = $2 AND member_id = $3',
        remove.map(({ groupId, member }) => [groupId, member.kind, member.id]),
      );
      return added + removed;
    },
  };
}
