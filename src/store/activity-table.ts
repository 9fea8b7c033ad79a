import type { Platform } from '../directory/platform.ts';
import type { Event, EventId, Subject } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { type ActivityKind, activityEvents, activityOf } from '../reporting/activity.ts';
import {
  type ActivityCount,
  type ActivityCounted,
  type ActivityQuery,
  type ActivitySource,
  type ActivityStore,
  quarter,
} from '../reporting/activity-store.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const follower = 'activity';
/** Events that are read at once. */
const portion = 2000;

type EventRow = SqlRow & { id: EventId; at: number; type: Event['type']; subjects: string; data: string };
type Row = SqlRow & {
  day: number;
  kind: ActivityKind;
  profile_id: string;
  reason: string;
  platform: string;
  total: number;
  latest: number;
  quarters: string;
};

const counting = `type IN (${activityEvents.map((type) => `'${type}'`).join(', ')})`;
const readPosition = 'SELECT position FROM follower WHERE name = $1';
/** Along all events, in their order: of the kinds that count, content is read. */
const selectEvents = `SELECT id, at, type, CASE WHEN ${counting} THEN subjects ELSE '[]' END AS subjects,
    CASE WHEN ${counting} THEN data ELSE '{}' END AS data
  FROM event WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3`;

export function activitySource(sql: Sql): ActivitySource {
  const position = async () => (await sql.one<SqlRow & { position: string }>(readPosition, [follower]))?.position ?? '';
  return {
    async next(before) {
      const from = await position();
      const rows = await sql.all<EventRow>(selectEvents, [from, before, portion]);
      const last = rows.at(-1);
      if (last === undefined) return null;
      return { from, to: last.id, counts: countsOf(rows, await platforms(sql), quarter) };
    },
    async counts(query) {
      const { kinds, profileId } = query;
      const where = `day >= $1 AND day <= $2 AND ${isAnyOf(sql, 'kind', '$3')}`;
      const days = [dayOf(query.from), dayOf(query.before - 1), JSON.stringify(kinds)];
      // First where counting has come to: what is counted meanwhile must not be counted here as well.
      for (let from = await position(); ; ) {
        const rows = await sql.all<Row>(
          `SELECT day, kind, profile_id, reason, platform, total, latest, quarters FROM activity WHERE ${where}
           ${profileId === null ? '' : 'AND profile_id = $4'}`,
          profileId === null ? days : [...days, profileId],
        );
        const fresh = await freshCounts(sql, from, query);
        const after = await position();
        if (after === from) return [...rows.flatMap((row) => storedCounts(row, query)), ...fresh];
        from = after;
      }
    },
  };
}

const add = `INSERT INTO activity (day, kind, profile_id, reason, platform, total, latest, quarters)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (day, kind, profile_id, reason, platform) DO UPDATE SET total = activity.total + excluded.total,
    latest = CASE WHEN excluded.latest > activity.latest THEN excluded.latest ELSE activity.latest END,
    quarters = excluded.quarters`;
const readQuarters = `SELECT quarters FROM activity
  WHERE day = $1 AND kind = $2 AND profile_id = $3 AND reason = $4 AND platform = $5`;

export function activityTable(sql: Sql): ActivityStore {
  return {
    async areWaiting(before, count) {
      const position = await sql.one<SqlRow & { position: string }>(readPosition, [follower]);
      const text = 'SELECT id FROM event WHERE id > $1 AND id < $2 ORDER BY id LIMIT 1 OFFSET $3';
      return (await sql.one(text, [position?.position ?? '', before, count - 1])) !== null;
    },
    async add({ from, to, counts }) {
      await sql.run(`INSERT INTO follower (name, position) VALUES ($1, '') ON CONFLICT (name) DO NOTHING`, [follower]);
      const moved = await sql.run('UPDATE follower SET position = $3 WHERE name = $1 AND position = $2', [
        follower,
        from,
        to,
      ]);
      if (moved !== 1) return false;
      for (const [key, some] of groupedByDay(counts)) {
        const known = await sql.one<Row>(readQuarters, key);
        const quarters: Record<string, number> = known === null ? {} : JSON.parse(known.quarters);
        let [total, latest] = [0, 0];
        for (const { from: time, count, latest: at } of some) {
          const number = Math.floor((time % day) / quarter);
          quarters[number] = (quarters[number] ?? 0) + count;
          total += count;
          latest = Math.max(latest, at);
        }
        await sql.run(add, [...key, total, latest, JSON.stringify(quarters)]);
      }
      return true;
    },
  };
}

function groupedByDay(counts: ActivityCounted['counts']): [key: (string | number)[], some: ActivityCount[]][] {
  const groups = new Map<string, [(string | number)[], ActivityCount[]]>();
  for (const each of counts) {
    const key = [dayOf(each.from), each.kind, each.profileId, each.reason ?? '', each.platform ?? ''];
    const group = groups.get(key.join('\n'));
    if (group === undefined) groups.set(key.join('\n'), [key, [each]]);
    else group[1].push(each);
  }
  return [...groups.values()];
}

function storedCounts(row: Row, { before, starts }: ActivityQuery): ActivityCount[] {
  const { kind, latest } = row;
  const shared = {
    kind,
    profileId: row.profile_id,
    reason: row.reason === '' ? null : row.reason,
    platform: row.platform === '' ? null : (row.platform as Platform),
    latest,
  };
  if (starts === null) return [{ ...shared, from: row.day * day, count: row.total }];
  // A day of UTC has to do with two or three of another zone.
  const sums = new Map<number, number>();
  let at = countUpTo(starts, row.day * day) - 1;
  for (const [number, count] of Object.entries(JSON.parse(row.quarters) as Record<string, number>)) {
    const time = row.day * day + Number(number) * quarter;
    while ((starts[at + 1] ?? Number.POSITIVE_INFINITY) <= time) at++;
    const start = starts[at];
    if (start !== undefined && time < before) sums.set(start, (sums.get(start) ?? 0) + count);
  }
  return [...sums].map(([from, count]) => ({ ...shared, from, count }));
}

/** How many of the times, which ascend, are not later than this one. */
function countUpTo(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of the events that are not counted yet. */
async function freshCounts(sql: Sql, position: string, query: ActivityQuery): Promise<readonly ActivityCount[]> {
  const text = `SELECT id, at, type, subjects, data FROM event
    WHERE id > $1 AND ${isAnyOf(sql, 'type', '$2')} ORDER BY id LIMIT $3`;
  const fresh: ActivityCount[] = [];
  // Counts are seen with their profile, events with their device.
  const whole = sql.whole?.() ?? sql;
  let known: ReadonlyMap<string, Platform> | null = null;
  for (let [from, more] = [position, true]; more; ) {
    const rows = await whole.all<EventRow>(text, [from, JSON.stringify(activityEvents), portion]);
    from = rows.at(-1)?.id ?? from;
    more = rows.length === portion;
    if (rows.length > 0) known ??= await platforms(sql);
    for (const each of countsOf(rows, known ?? new Map(), query.starts === null ? day : quarter))
      if (isAsked(each, query) && (whole === sql || known?.has(each.profileId) === true)) fresh.push(each);
  }
  return fresh;
}

function isAsked({ from, kind, profileId }: ActivityCount, query: ActivityQuery): boolean {
  if (from < query.from || from >= query.before || !query.kinds.includes(kind)) return false;
  return query.profileId === null || query.profileId === profileId;
}

function countsOf(rows: readonly EventRow[], platformOf: ReadonlyMap<string, Platform>, unit: number): ActivityCount[] {
  const counts = new Map<string, ActivityCount>();
  for (const { at, type, subjects, data } of rows) {
    if (!(activityEvents as readonly string[]).includes(type)) continue;
    const parsed = { type, subjects: JSON.parse(subjects) as Subject[], data: JSON.parse(data) as Event['data'] };
    const activity = activityOf(parsed);
    if (activity === null) continue;
    const from = at - (at % unit);
    const key = `${from} ${activity.kind} ${activity.profileId} ${activity.reason}`;
    const known = counts.get(key);
    counts.set(key, {
      ...activity,
      from,
      platform: platformOf.get(activity.profileId) ?? null,
      count: (known?.count ?? 0) + 1,
      latest: Math.max(known?.latest ?? 0, at),
    });
  }
  return [...counts.values()];
}

/** Of profiles, deleted ones too. */
async function platforms(sql: Sql): Promise<ReadonlyMap<string, Platform>> {
  const kept = await sql.all<SqlRow & { id: string; settings: string }>(
    'SELECT id, settings FROM profile_version WHERE id NOT IN (SELECT id FROM profile) ORDER BY version',
  );
  const rows = await sql.all<SqlRow & { id: string; platform: Platform }>('SELECT id, platform FROM profile');
  return new Map<string, Platform>([
    ...kept.map(({ id, settings }): [string, Platform] => [id, JSON.parse(settings).platform]),
    ...rows.map(({ id, platform }): [string, Platform] => [id, platform]),
  ]);
}

function dayOf(time: number): number {
  return Math.floor(time / day);
}
