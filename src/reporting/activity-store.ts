import type { Platform } from '../directory/platform.ts';
import type { Activity, ActivityKind } from './activity.ts';

/** Time is counted in quarters of an hour: every zone's days begin at one. */
export const quarter = 15 * 60_000;

/** So many of one kind, since `from`, in ms: in that day, or in a quarter of an hour of it. */
export type ActivityCount = Activity & {
  readonly from: number;
  readonly platform: Platform | null;
  readonly count: number;
  /** Time of the latest of them, ms. */
  readonly latest: number;
};

export type ActivityQuery = {
  /** ms; `before` is not included. Both begin a day. */
  readonly from: number;
  readonly before: number;
  /** When each day begins, ascending, at a quarter of an hour; null: days of UTC. */
  readonly starts: readonly number[] | null;
  readonly kinds: readonly ActivityKind[];
  /** Null: of all. */
  readonly profileId: string | null;
};

/** What was counted of events up to one of them. */
export type ActivityCounted = { readonly from: string; readonly to: string; readonly counts: readonly ActivityCount[] };

/** The reading side. */
export type ActivitySource = {
  /** In quarters, of the events next to be counted, with ids below this one; null: there are none. */
  next(before: string): Promise<ActivityCounted | null>;
  /** Exact: what is counted, and the events after that. */
  counts(query: ActivityQuery): Promise<readonly ActivityCount[]>;
};

export type ActivityStore = {
  /** Whether at least so many events with ids below this one wait to be counted. */
  areWaiting(before: string, count: number): Promise<boolean>;
  /** Adds; only while `from` is where counting has come to, else false and nothing is added: another node was quicker. */
  add(counted: ActivityCounted): Promise<boolean>;
};
