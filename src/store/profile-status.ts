import type { Deployment, DeploymentState } from '../deployments/deployment.ts';
import { type DeploymentStatus, placesOf } from '../deployments/deployment-status.ts';
import type { UserId } from '../directory/user.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { ProfileStatusStore, StateCount } from '../reporting/profile-status-store.ts';
import { deploymentRecords } from './deployment-table.ts';
import { badCursor, decodeCursor, encodeCursor } from './page-query.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type CountRow = SqlRow & { user_id: UserId; state: DeploymentState; wanted: number; count: number };

const counts = `SELECT wanted, state, COUNT(*) AS count FROM deployment
  WHERE profile_id = $1 GROUP BY wanted, state ORDER BY wanted, state`;

const range = `SELECT ${deploymentRecords.select()} FROM deployment
  WHERE profile_id = $1 AND wanted = $2 AND state = $3 AND (state_since, id) > ($4, $5)
  ORDER BY state_since, id LIMIT $6`;

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
  let last = page.cursor;
  for (const [at, { state, wanted }] of places.entries()) {
    if (at < from.at) continue;
    const { since, id } = at === from.at ? from : start;
    // One more than fits tells whether another page follows.
    const limit = page.limit + 1 - items.length;
    for (const row of await sql.all(range, [profileId, Number(wanted), state, since, id, limit])) {
      if (items.length === page.limit) return { items, next: last };
      const deployment = deploymentRecords.read(row);
      items.push(deployment);
      last = `${at}.${deployment.stateSince}.${deployment.id}`;
    }
  }
  return { items, next: null };
}

const start = { since: -1, id: '' };

function readCursor(cursor: string | null, places: number): typeof start & { readonly at: number } {
  if (cursor === null) return { at: 0, ...start };
  const [, at, since, id] = /^(\d{1,2})\.(\d{1,16})\.([\da-f-]{36})$/.exec(cursor) ?? [];
  if (at === undefined || since === undefined || id === undefined || Number(at) >= places) throw badCursor();
  return { at: Number(at), since: Number(since), id };
}
