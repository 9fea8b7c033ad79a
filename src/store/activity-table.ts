import type { Platform } from '../directory/platform.ts';
import type { Event, EventId, Subject } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { type ActivityKind, activityEvents, activityKinds, activityOf } from '../reporting/activity.ts';
import {
  type ActivityCount,
  type ActivityCounted,
  type ActivityGroup,
  type ActivityQuery,
  type ActivitySource,
  type ActivityStore,
  type ActivitySums,
  quarter,
} from '../reporting/activity-store.ts';
import { activityColumns, type CountedGroup, countsIn } from './columns/activity-columns.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

const follower = 'activity';
/** Events that are read at once. */
const portion = 2000;

type EventRow = SqlRow & { id: EventId; at: number; type: Event['type']; subjects: string; data: string };
type Row = SqlRow & { quarters: string };

const counting = `type IN (${activityEvents.map((type) => `'${type}'`).join(', ')})`;
const readPosition = 'SELECT position FROM follower WHERE name = $1';
/** Along all events, in their order: of the kinds that count, content is read. */
const selectEvents = `SELECT id, at, type, CASE WHEN ${counting} THEN subjects ELSE '[]' END AS subjects,
    CASE WHEN ${counting} THEN data ELSE '{}' END AS data
  FROM event WHERE id > $1 AND id < $2 ORDER BY id LIMIT $3`;

/** `sql` shows what the viewer may see, `all` everything. */
export function activitySource(sql: Sql, all: Sql): ActivitySource {
  const countedUpTo = activityColumns(all);
  const position = async () => (await sql.one<SqlRow & { position: string }>(readPosition, [follower]))?.position ?? '';
  return {
    async next(before) {
      const from = await position();
      const rows = await sql.all<EventRow>(selectEvents, [from, before, portion]);
      const last = rows.at(-1);
      if (last === undefined) return null;
      return { from, to: last.id, counts: countsOf(rows, await platforms(sql)) };
    },
    async sums(query) {
      // First where counting has come to: what is counted meanwhile must not be counted here as well.
      for (let from = await position(); ; ) {
        const sums = newSums(query);
        const counted = await countedUpTo(from);
        // Counts are seen with their profile, events with their device.
        const isWhole = (sql.whole?.() ?? null) === null;
        const seen = isWhole ? null : await platforms(sql);
        const isMeant = counted.groups.map(
          (group) => isAsked(group, query) && (seen === null || seen.has(group.profileId)),
        );
        countsIn(
          counted,
          query,
          (group) => isMeant[group] === true,
          (group, at, count, latest) => sums.add(counted.groups[group] as ActivityGroup, at, count, latest),
        );
        await addFresh(sql, from, query, sums);
        const after = await position();
        if (after === from) return sums.made();
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

/** `at`: the day's place among those that are asked for. */
function newSums({ starts }: ActivityQuery) {
  const days: Record<ActivityKind, number[]> = { issued: [], renewed: [], revoked: [], failed: [] };
  for (const kind of activityKinds) days[kind] = starts.map(() => 0);
  const groups = new Map<string, { -readonly [Name in keyof ActivityGroup]: ActivityGroup[Name] }>();
  const known = new Map<object, { count: number; latest: number }>();
  const sumOf = (group: CountedGroup) => {
    const { kind, profileId, reason, platform } = group;
    const key = JSON.stringify([kind, profileId, reason, platform]);
    const sum = groups.get(key) ?? { kind, profileId, reason, platform, count: 0, latest: 0 };
    groups.set(key, sum);
    known.set(group, sum);
    return sum;
  };
  return {
    add(group: CountedGroup, at: number, count: number, latest: number) {
      const sum = known.get(group) ?? sumOf(group);
      sum.count += count;
      sum.latest = Math.max(sum.latest, latest);
      days[group.kind][at] = (days[group.kind][at] ?? 0) + count;
    },
    made: (): ActivitySums => ({ days, groups: [...groups.values()] }),
  };
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
async function addFresh(
  sql: Sql,
  position: string,
  query: ActivityQuery,
  sums: ReturnType<typeof newSums>,
): Promise<void> {
  const text = `SELECT id, at, type, subjects, data FROM event
    WHERE id > $1 AND ${isAnyOf(sql, 'type', '$2')} ORDER BY id LIMIT $3`;
  const whole = sql.whole?.() ?? sql;
  let known: ReadonlyMap<string, Platform> | null = null;
  for (let [from, more] = [position, true]; more; ) {
    const rows = await whole.all<EventRow>(text, [from, JSON.stringify(activityEvents), portion]);
    from = rows.at(-1)?.id ?? from;
    more = rows.length === portion;
    if (rows.length > 0) known ??= await platforms(sql);
    for (const each of countsOf(rows, known ?? new Map())) {
      const { from: time, count, latest } = each;
      if (!isAsked(each, query) || (whole !== sql && known?.has(each.profileId) !== true)) continue;
      const at = countUpTo(query.starts, time) - 1;
      if (at >= 0 && time < query.before) sums.add(each, at, count, latest);
    }
  }
}

function isAsked({ kind, profileId, platform }: CountedGroup, query: ActivityQuery): boolean {
  if (!query.kinds.includes(kind) || (query.platform !== null && query.platform !== platform)) return false;
  return query.profileId === null || query.profileId === profileId;
}

function countsOf(rows: readonly EventRow[], platformOf: ReadonlyMap<string, Platform>): ActivityCount[] {
  const counts = new Map<string, ActivityCount>();
  for (const { at, type, subjects, data } of rows) {
    if (!(activityEvents as readonly string[]).includes(type)) continue;
    const parsed = { type, subjects: JSON.parse(subjects) as Subject[], data: JSON.parse(data) as Event['data'] };
    const activity = activityOf(parsed);
    if (activity === null) continue;
    const from = at - (at % quarter);
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
