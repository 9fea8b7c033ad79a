import type { Platform } from '../directory/platform.ts';
import type { Activity, ActivityKind } from './activity.ts';

/** Time is counted in quarters of an hour: every zone's days begin at one. */
export const quarter = 15 * 60_000;

/** So many of one kind, in the quarter of an hour since `from`, in ms. */
export type ActivityCount = Activity & {
  readonly from: number;
  readonly platform: Platform | null;
  readonly count: number;
  /** Time of the latest of them, ms. */
  readonly latest: number;
};

export type ActivityQuery = {
  /** ms; when each day begins, ascending, at a quarter of an hour. */
  readonly starts: readonly number[];
  /** ms; when the last of them ends. */
  readonly before: number;
  readonly kinds: readonly ActivityKind[];
  /** Null: of all. */
  readonly profileId: string | null;
  readonly platform: Platform | null;
};

export type ActivitySums = {
  /** Of each kind, how many on each of the days that `starts` has. */
  readonly days: Readonly<Record<ActivityKind, readonly number[]>>;
  /** The same by what they are about, of all days together. */
  readonly groups: readonly ActivityGroup[];
};

export type ActivityGroup = Omit<ActivityCount, 'from'>;

/** What was counted of events up to one of them. */
export type ActivityCounted = { readonly from: string; readonly to: string; readonly counts: readonly ActivityCount[] };

/** The reading side. */
export type ActivitySource = {
  /** In quarters, of the events next to be counted, with ids below this one; null: there are none. */
  next(before: string): Promise<ActivityCounted | null>;
  /** Exact: what is counted, and the events after that. */
  sums(query: ActivityQuery): Promise<ActivitySums>;
};

export type ActivityStore = {
  /** Whether at least so many events with ids below this one wait to be counted. */
  areWaiting(before: string, count: number): Promise<boolean>;
  /** Adds; only while `from` is where counting has come to, else false and nothing is added: another node was quicker. */
  add(counted: ActivityCounted): Promise<boolean>;
};
