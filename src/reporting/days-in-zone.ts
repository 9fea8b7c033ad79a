import { day } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { quarter } from './activity-store.ts';

export type ZoneDay = {
  /** `2026-11-30`, as people of that zone write it. */
  readonly date: string;
  /** ms; `before` is the beginning of the next day. */
  readonly from: number;
  readonly before: number;
};

/**
 * The last days of a time zone up to and with that of `now`, oldest first. Failure `time-zone-unknown`. Days are cut at
 * quarters of an hour, which is where the zones of our time cut them.
 */
export function daysInZone(timeZone: string, now: number, count: number): readonly ZoneDay[] {
  const dateAt = dateReader(timeZone);
  const today = Date.parse(`${dateAt(now)}T00:00Z`);
  const starts = Array.from({ length: count + 1 }, (_, i) => {
    const utc = today - (count - 1 - i) * day;
    return { date: new Date(utc).toISOString().slice(0, 10), from: startOf(dateAt, utc) };
  });
  return starts.slice(0, count).map(({ date, from }, i) => ({ date, from, before: starts[i + 1]?.from ?? from }));
}

/** The first quarter of an hour that is in the day; zones are less than a day away from UTC. */
function startOf(dateAt: (time: number) => string, utc: number): number {
  const date = new Date(utc).toISOString().slice(0, 10);
  let [low, high] = [(utc - day) / quarter, (utc + day) / quarter];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (dateAt(middle * quarter) >= date) high = middle;
    else low = middle + 1;
  }
  return low * quarter;
}

function dateReader(timeZone: string): (time: number) => string {
  if (timeZone === 'UTC') return (time) => new Date(time).toISOString().slice(0, 10);
  try {
    const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
    return (time) => format.format(time);
  } catch (cause) {
    throw new Failure(
      'invalid',
      'time-zone-unknown',
      `There is no time zone “${timeZone}”. Give one of the IANA data base, such as Europe/Oslo, or UTC.`,
      { timeZone },
      { cause },
    );
  }
}
