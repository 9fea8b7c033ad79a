import type { Group, GroupId, Member, Membership } from '../directory/group.ts';
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
      let changed = 0;
      for (const batch of batches(add)) changed += await sql.run(insertMembers[sql.dialect], [batch]);
      for (const batch of batches(remove)) changed += await sql.run(deleteMembers[sql.dialect], [batch]);
      return changed;
    },
  };
}

/** Memberships per statement. A statement for each takes minutes where there are hundreds of thousands. */
const atOnce = 10_000;

/** JSON of `[group, kind, member]`, in the order of members: two writers never wait in a circle, and the index fills fast. */
function* batches(memberships: readonly Membership[]): Generator<string> {
  const key = ({ groupId, member }: Membership) => `${member.id} ${groupId}`;
  const sorted = memberships.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  for (let at = 0; at < sorted.length; at += atOnce)
    yield JSON.stringify(sorted.slice(at, at + atOnce).map(({ groupId, member }) => [groupId, member.kind, member.id]));
}

const given = {
  sqlite: `SELECT value ->> 0 AS group_id, value ->> 1 AS member_kind, value ->> 2 AS member_id FROM json_each($1)`,
  postgres: `SELECT value ->> 0 AS group_id, value ->> 1 AS member_kind, value ->> 2 AS member_id
    FROM jsonb_array_elements($1::jsonb)`,
};
const insert = (
  from: string,
) => `INSERT INTO group_member (group_id, member_kind, member_id) SELECT * FROM (${from}) given
  WHERE true ON CONFLICT DO NOTHING`;
const insertMembers = { sqlite: insert(given.sqlite), postgres: insert(given.postgres) };
const remove = (from: string) => `DELETE FROM group_member WHERE (group_id, member_kind, member_id) IN (${from})`;
const deleteMembers = { sqlite: remove(given.sqlite), postgres: remove(given.postgres) };
