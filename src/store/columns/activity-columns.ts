/**
 * What was counted of events, by days, in memory: a report of a year asks for tens of thousands of counts. What of a day was
 * counted since is read again.
 */
import type { Platform } from '../../directory/platform.ts';
import { day } from '../../lib/clock.ts';
import type { Activity, ActivityKind } from '../../reporting/activity.ts';
import { quarter } from '../../reporting/activity-store.ts';
import type { Sql, SqlRow } from '../sql.ts';

/** What counts are about, each once: a row of a day has its place in the list. */
export type CountedGroup = Activity & { readonly platform: Platform | null };

export type CountedDay = {
  /** Of UTC, since the beginning of 1970. */
  readonly day: number;
  /** How much was counted in it: anything more has another total. */
  readonly digest: string;
  readonly groups: Uint32Array;
  readonly totals: Uint32Array;
  /** ms */
  readonly latest: Float64Array;
  /** Where the quarters of each row end among those of all. */
  readonly ends: Uint32Array;
  /** From 0 to 95, and how many in each. */
  readonly quarters: Uint8Array;
  readonly counts: Uint32Array;
};

export type CountedActivity = {
  /** Up to this event everything is in it, perhaps more. */
  readonly position: string;
  readonly groups: readonly CountedGroup[];
  readonly days: ReadonlyMap<number, CountedDay>;
};

type Digest = SqlRow & { day: number; count: number; total: number };
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

/** Days that are read at once. */
const portion = 32;
const selectDays = `SELECT day, kind, profile_id, reason, platform, total, latest, quarters FROM activity
  WHERE day >= $1 AND day <= $2`;
const selectDigests = 'SELECT day, COUNT(*) AS count, SUM(total) AS total FROM activity GROUP BY day';

/** Asked for with what the counting has come to, as it was before. */
export function activityColumns(sql: Sql): (position: string) => Promise<CountedActivity> {
  const groups: CountedGroup[] = [];
  const numbers = new Map<string, number>();
  let known: CountedActivity = { position: '', groups, days: new Map() };
  let underWay: Promise<unknown> = Promise.resolve();
  const numberOf = ({ kind, profile_id, reason, platform }: Row): number => {
    const key = JSON.stringify([kind, profile_id, reason, platform]);
    const number = numbers.get(key);
    if (number !== undefined) return number;
    numbers.set(key, groups.length);
    return (
      groups.push({
        kind,
        profileId: profile_id,
        reason: reason === '' ? null : reason,
        platform: platform === '' ? null : (platform as Platform),
      }) - 1
    );
  };
  const bringUpTo = async (position: string): Promise<CountedActivity> => {
    if (known.position === position && position !== '') return known;
    const digests = new Map(
      (await sql.all<Digest>(selectDigests)).map(({ day, count, total }) => [day, `${count} ${total}`]),
    );
    const days = new Map([...known.days].filter(([day, { digest }]) => digests.get(day) === digest));
    const changed = [...digests.keys()].filter((day) => !days.has(day)).sort((a, b) => a - b);
    for (let from = 0; from < changed.length; from += portion)
      for (const one of await readDays(sql, changed.slice(from, from + portion), numberOf)) days.set(one.day, one);
    known = { position, groups, days };
    return known;
  };
  return (position) => {
    const next = underWay.then(() => bringUpTo(position));
    underWay = next.catch(() => {});
    return next;
  };
}

/** `days` ascend. */
async function readDays(
  sql: Sql,
  days: readonly number[],
  numberOf: (row: Row) => number,
): Promise<readonly CountedDay[]> {
  const rows = await sql.all<Row>(selectDays, [days[0] ?? 0, days.at(-1) ?? 0]);
  return [...Map.groupBy(rows, (row) => row.day)].map(([day, its]) => dayOf(day, its, numberOf));
}

function dayOf(day: number, rows: readonly Row[], numberOf: (row: Row) => number): CountedDay {
  const parsed = rows.map((row) => Object.entries(JSON.parse(row.quarters) as Record<string, number>));
  const size = parsed.reduce((sum, { length }) => sum + length, 0);
  const made: CountedDay = {
    day,
    digest: `${rows.length} ${rows.reduce((sum, { total }) => sum + total, 0)}`,
    groups: Uint32Array.from(rows, numberOf),
    totals: Uint32Array.from(rows, ({ total }) => total),
    latest: Float64Array.from(rows, ({ latest }) => latest),
    ends: new Uint32Array(rows.length),
    quarters: new Uint8Array(size),
    counts: new Uint32Array(size),
  };
  let at = 0;
  for (const [row, entries] of parsed.entries()) {
    for (const [number, count] of entries) {
      made.quarters[at] = Number(number);
      made.counts[at++] = count;
    }
    made.ends[row] = at;
  }
  return made;
}

/** `visit` is told of each row's count in each of the periods that `starts` begins. */
export function countsIn(
  { days }: CountedActivity,
  { starts, before }: { readonly starts: readonly number[]; readonly before: number },
  isMeant: (group: number) => boolean,
  visit: (group: number, period: number, count: number, latest: number) => void,
): void {
  const from = starts[0] ?? before;
  let period = 0;
  for (let number = Math.floor(from / day); number * day < before; number++) {
    const of = days.get(number);
    while ((starts[period + 1] ?? Number.POSITIVE_INFINITY) <= number * day) period++;
    if (of === undefined) continue;
    const isWhole =
      number * day >= from && (number + 1) * day <= Math.min(before, starts[period + 1] ?? Number.POSITIVE_INFINITY);
    const periods = isWhole ? null : periodsOf(number, starts, before, period);
    for (let row = 0; row < of.groups.length; row++) {
      const group = of.groups[row] as number;
      if (!isMeant(group)) continue;
      if (periods === null) {
        visit(group, period, of.totals[row] as number, of.latest[row] as number);
        continue;
      }
      for (let at = row === 0 ? 0 : (of.ends[row - 1] as number); at < (of.ends[row] as number); at++) {
        const its = periods[of.quarters[at] as number] as number;
        if (its >= 0) visit(group, its, of.counts[at] as number, of.latest[row] as number);
      }
    }
  }
}

/** Of each quarter of a day; below zero: none. */
function periodsOf(number: number, starts: readonly number[], before: number, first: number): Int32Array {
  const periods = new Int32Array(day / quarter).fill(-1);
  let period = first;
  for (let at = 0; at < periods.length; at++) {
    const time = number * day + at * quarter;
    while ((starts[period + 1] ?? Number.POSITIVE_INFINITY) <= time) period++;
    if (time >= (starts[period] ?? before) && time < before) periods[at] = period;
  }
  return periods;
}
