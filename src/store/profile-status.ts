import type { Deployment, DeploymentState } from '../deployments/deployment.ts';
import { type DeploymentStatus, placesOf } from '../deployments/deployment-status.ts';
import type { UserId } from '../directory/user.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStatusStore, StateCount } from '../reporting/profile-status-store.ts';
import { deploymentRecords } from './deployment-table.ts';
import { badCursor, decodeCursor, encodeCursor, pageOf } from './page-query.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type CountRow = SqlRow & { user_id: UserId; state: DeploymentState; wanted: number; count: number };

const counts = `SELECT wanted, state, COUNT(*) AS count FROM deployment
  WHERE profile_id = $1 GROUP BY wanted, state ORDER BY wanted, state`;

/** Whom certificates are for. */
const usersOfCertificates = `SELECT DISTINCT user_id FROM deployment
  WHERE profile_id = $1 AND user_id IS NOT NULL AND user_id > $2 ORDER BY user_id LIMIT $3`;
/** Whose devices the others are on; by the users' index, because a page ends soon. */
const usersOfDevices = `SELECT DISTINCT v.primary_user_id AS user_id FROM device v CROSS JOIN deployment d
  WHERE v.primary_user_id IS NOT NULL AND v.primary_user_id > $2 AND d.device_id = v.id AND d.profile_id = $1
    AND d.user_id IS NULL
  ORDER BY v.primary_user_id LIMIT $3`;

export function profileStatus(sql: Sql): ProfileStatusStore {
  const ofCertificates = `SELECT user_id, wanted, state, COUNT(*) AS count FROM deployment
    WHERE profile_id = $1 AND user_id IS NOT NULL AND ${isAnyOf(sql, 'user_id', '$2')} GROUP BY user_id, wanted, state`;
  const ofDevices = `SELECT v.primary_user_id AS user_id, d.wanted, d.state, COUNT(*) AS count
    FROM device v CROSS JOIN deployment d
    WHERE ${isAnyOf(sql, 'v.primary_user_id', '$2')} AND v.primary_user_id IS NOT NULL AND d.device_id = v.id
      AND d.profile_id = $1 AND d.user_id IS NULL
    GROUP BY v.primary_user_id, d.wanted, d.state`;
  return {
    async counts(profileId) {
      return (await sql.all<CountRow>(counts, [profileId])).map(countOf);
    },
    deployments: (profileId, status, page) => inPlaces(sql, profileId, status, page),
    async users(profileId, { limit, cursor }) {
      const [after = ''] = cursor === null ? [] : decodeCursor(cursor, 1);
      const found = new Set<UserId>();
      for (const text of [usersOfCertificates, usersOfDevices])
        for (const { user_id } of await sql.all<CountRow>(text, [profileId, after, limit + 1])) found.add(user_id);
      const userIds = [...found].sort().slice(0, limit);
      const counted = new Map<UserId, StateCount[]>(userIds.map((id) => [id, []]));
      for (const text of [ofCertificates, ofDevices])
        for (const row of await sql.all<CountRow>(text, [profileId, JSON.stringify(userIds)]))
          counted.get(row.user_id)?.push(countOf(row));
      const last = userIds.at(-1);
      return {
        items: [...counted].map(([userId, counts]) => ({ userId, counts })),
        next: found.size > limit && last !== undefined ? encodeCursor([last]) : null,
      };
    },
  };
}

function countOf({ wanted, state, count }: CountRow): StateCount {
  return { wanted: Boolean(wanted), state, count: Number(count) };
}

/** State after state, each by a range of its index; the cursor says in which one to go on, and where. */
async function inPlaces(
  sql: Sql,
  profileId: ProfileId,
  status: DeploymentStatus | null,
  page: PageRequest,
): Promise<Page<Deployment>> {
  const places = placesOf(status);
  const from = readCursor(page.cursor, places.length);
  const items: Deployment[] = [];
  let { cursor } = from;
  for (let at = from.at; at < places.length; at++) {
    const { state, wanted } = places[at] as (typeof places)[number];
    const full = items.length === page.limit;
    const found = await pageOf<Deployment>(
      sql,
      {
        select: `SELECT ${deploymentRecords.select()} FROM deployment`,
        where: [
          ['profile_id = $?', profileId],
          ['wanted = $?', Number(wanted)],
          ['state = $?', state],
        ],
        order: ['id'],
        read: (row) => deploymentRecords.read(row),
        key: ({ id }) => [id],
      },
      // Where the page is full this tells whether another one follows.
      { limit: full ? 1 : page.limit - items.length, cursor },
    );
    if (full && found.items.length > 0) return { items, next: `${at}.` };
    items.push(...found.items);
    if (found.next !== null) return { items, next: `${at}.${found.next}` };
    cursor = null;
  }
  return { items, next: null };
}

function readCursor(cursor: string | null, places: number): { readonly at: number; readonly cursor: string | null } {
  if (cursor === null) return { at: 0, cursor: null };
  const [, at, inner = ''] = /^(\d{1,2})\.(.*)$/.exec(cursor) ?? [];
  if (at === undefined || Number(at) >= places) throw badCursor();
  return { at: Number(at), cursor: inner === '' ? null : inner };
}
