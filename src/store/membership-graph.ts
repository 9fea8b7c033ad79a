import type { DeviceId } from '../directory/device.ts';
import type { GroupId } from '../directory/group.ts';
import type { MembershipGraph } from '../directory/membership-graph.ts';
import type { Sql, SqlRow } from './sql.ts';

// UNION (not UNION ALL) ends the walk where a cycle comes back to a group that was seen.
const upwards = `
WITH RECURSIVE above (group_id) AS (
  SELECT group_id FROM group_member WHERE member_id = $1 AND member_kind = $2
  UNION
  SELECT parent.group_id FROM above JOIN group_member parent
    ON parent.member_id = above.group_id AND parent.member_kind = 'group'
)
SELECT group_id FROM above ORDER BY group_id`;

/** `members` is `(position, kind, id)` from the parameter, in the words of the store. */
const upwardsFromMany = (members: string) => `
WITH RECURSIVE above (position, group_id) AS (
  SELECT start.position, direct.group_id FROM (${members}) start JOIN group_member direct
    ON direct.member_id = start.id AND direct.member_kind = start.kind
  UNION
  SELECT above.position, parent.group_id FROM above JOIN group_member parent
    ON parent.member_id = above.group_id AND parent.member_kind = 'group'
)
SELECT position, group_id FROM above ORDER BY position, group_id`;

const membersOf = {
  sqlite: `SELECT key AS position, value ->> 'kind' AS kind, value ->> 'id' AS id FROM json_each($1)`,
  // In the collation of our columns, or a recursive query would mix two.
  postgres: `SELECT ordinality - 1 AS position, (value ->> 'kind') COLLATE "C" AS kind, (value ->> 'id') COLLATE "C" AS id
    FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY`,
};

/** `members` as above; `platform`: a condition more on the devices. */
const devicesOf = (members: string, platform = '') => `
WITH RECURSIVE start (kind, id) AS (SELECT kind, id FROM (${members}) given),
below (group_id) AS (
  SELECT id FROM start WHERE kind = 'group'
  UNION
  SELECT child.member_id FROM below JOIN group_member child
    ON child.group_id = below.group_id AND child.member_kind = 'group'
),
reached (kind, id) AS (
  SELECT kind, id FROM start
  UNION
  SELECT member_kind, member_id FROM below JOIN group_member USING (group_id)
)
${
  platform === ''
    ? "SELECT id FROM reached WHERE kind = 'device'"
    : // Those who were reached come first: they are the few.
      `SELECT device.id AS id FROM reached CROSS JOIN device WHERE kind = 'device' AND device.id = reached.id${platform}`
}
UNION
SELECT device.id AS id FROM reached CROSS JOIN device WHERE kind = 'user' AND device.primary_user_id = reached.id${platform}
ORDER BY id`;

export function membershipGraph(sql: Sql): MembershipGraph {
  const fromMany = upwardsFromMany(membersOf[sql.dialect]);
  const devices = devicesOf(membersOf[sql.dialect]);
  const devicesOfPlatform = devicesOf(membersOf[sql.dialect], ' AND device.platform = $2');
  return {
    async groupsOf(member) {
      const rows = await sql.all<SqlRow & { group_id: GroupId }>(upwards, [member.id, member.kind]);
      return rows.map((row) => row.group_id);
    },
    async groupsOfMany(members) {
      const groups: GroupId[][] = members.map(() => []);
      if (members.length === 0) return groups;
      const rows = await sql.all<SqlRow & { position: number; group_id: GroupId }>(fromMany, [JSON.stringify(members)]);
      for (const row of rows) groups[row.position]?.push(row.group_id);
      return groups;
    },
    async devicesOf(members, platform) {
      if (members.length === 0) return [];
      const given = JSON.stringify(members);
      const rows = await (platform === undefined
        ? sql.all<SqlRow & { id: DeviceId }>(devices, [given])
        : sql.all<SqlRow & { id: DeviceId }>(devicesOfPlatform, [given, platform]));
      return rows.map(({ id }) => id);
    },
    async refresh() {
      // By itself PostgreSQL counts rows a minute later, and until then reads whole tables for each walk.
      if (sql.dialect === 'postgres') await sql.run('ANALYZE device, directory_user, group_member');
    },
  };
}
