import type { Actor, Event, EventId, Subject, SubjectKind } from '../events/event.ts';
import { activityOf } from '../reporting/activity.ts';
import type { FailureItem, FailureList, FailureQuery } from '../reporting/failure-list.ts';
import { lastOfProfiles, objectNames } from './object-names.ts';
import { decodeCursor, encodeCursor } from './page-query.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & {
  id: EventId;
  at: number;
  node: string;
  type: Event['type'];
  actor: string;
  request_id: string | null;
  subjects: string;
  data: string;
};

const portion = 250;
/** Failures that are looked at for one page. */
const mostSeen = 3000;

/** Of one kind, so that the index is walked in its order. */
const selectOf = (type: Event['type']) => `SELECT id, at, node, type, actor, request_id, subjects, data FROM event
  WHERE type = '${type}' AND id < $1 ORDER BY id DESC LIMIT $2`;
const selects = [selectOf('enrollment.refused'), selectOf('deployment.failed')];
/** Those that concern one device. */
const selectOfDevice = `SELECT e.id, e.at, e.node, e.type, e.actor, e.request_id, e.subjects, e.data
  FROM event_subject s JOIN event e ON e.id = s.event_id
  WHERE s.subject_id = $3 AND s.event_id < $1 AND e.type IN ('enrollment.refused', 'deployment.failed')
  ORDER BY s.event_id DESC LIMIT $2`;

export function failureList(sql: Sql): FailureList {
  return {
    async page(query, { limit, cursor }) {
      let before = cursor === null ? 'g' : String(decodeCursor(cursor, 1)[0]);
      const found: Found[] = [];
      for (let seen = 0; seen < mostSeen; seen += portion) {
        const rows = await read(sql, query, before);
        for (const row of rows) {
          const one = failureOf(row);
          if (one !== null && isAsked(one, query)) found.push(one);
          if (found.length > limit) {
            const shown = found.slice(0, limit);
            return { items: await named(sql, shown), next: encodeCursor([shown.at(-1)?.id ?? '']) };
          }
          before = row.id;
        }
        if (rows.length < portion) return { items: await named(sql, found), next: null };
      }
      return { items: await named(sql, found), next: encodeCursor([before]) };
    },
  };
}

async function read(sql: Sql, { deviceId }: FailureQuery, before: string): Promise<readonly Row[]> {
  if (deviceId !== null) return sql.all<Row>(selectOfDevice, [before, portion, deviceId]);
  const both: Row[] = [];
  for (const select of selects) both.push(...(await sql.all<Row>(select, [before, portion])));
  return both.sort((a, b) => (a.id < b.id ? 1 : -1)).slice(0, portion);
}

type Found = Omit<FailureItem, 'deviceName' | 'profileSlug'>;

function failureOf(row: Row): Found | null {
  const subjects = JSON.parse(row.subjects) as readonly Subject[];
  const data = JSON.parse(row.data) as Event['data'];
  const activity = activityOf({ type: row.type, subjects, data });
  if (activity?.kind !== 'failed') return null;
  const idOf = (kind: SubjectKind) => subjects.find((each) => each.kind === kind)?.id ?? null;
  const { reason: _, before: __, after: ___, ...detail } = data;
  return {
    id: row.id,
    at: row.at,
    node: row.node,
    requestId: row.request_id,
    reason: activity.reason ?? 'unknown',
    deviceId: idOf('device'),
    profileId: idOf('profile'),
    deploymentId: idOf('deployment'),
    by: (JSON.parse(row.actor) as Actor).name,
    detail,
  };
}

function isAsked(one: Found, { reason, profileId, deviceId }: FailureQuery): boolean {
  return (
    (reason === null || one.reason === reason) &&
    (profileId === null || one.profileId === profileId) &&
    (deviceId === null || one.deviceId === deviceId)
  );
}

async function named(sql: Sql, found: readonly Found[]): Promise<readonly FailureItem[]> {
  const devices = found.flatMap(({ deviceId }) =>
    deviceId === null ? [] : [{ kind: 'device', id: deviceId } as const],
  );
  const names = await objectNames(sql).names(devices);
  const slugs = await slugsOf(sql, [...new Set(found.flatMap(({ profileId }) => profileId ?? []))]);
  return found.map((one) => ({
    ...one,
    deviceName: names.get(`device ${one.deviceId}`) ?? null,
    profileSlug: slugs.get(one.profileId ?? '') ?? null,
  }));
}

async function slugsOf(sql: Sql, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await sql.all<SqlRow & { id: string; slug: string }>(
    `SELECT id, slug FROM profile WHERE ${isAnyOf(sql, 'id', '$1')}`,
    [JSON.stringify(ids)],
  );
  const known = new Map(rows.map(({ id, slug }) => [id, slug]));
  return new Map([
    ...(await lastOfProfiles(
      sql,
      'slug',
      ids.filter((id) => !known.has(id)),
    )),
    ...known,
  ]);
}
