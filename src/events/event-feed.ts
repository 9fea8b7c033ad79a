import type { Event } from './event.ts';

/** A place in the feed; opaque. */
export type FeedPosition = string;

/**
 * Every event once, in the order in which transactions became visible and not in that of ids, which a transaction that takes
 * long would break: what stands behind a position has been handed out, whatever commits later. Two events of one transaction
 * come in the order of their ids. This is how others learn of events without a row more in the transaction that writes them.
 */
export type EventFeed = {
  /** Only what is committed later comes after it. */
  now(): Promise<FeedPosition>;
  /** At most `limit` events behind `position`, and the position behind the last of them. */
  after(
    position: FeedPosition,
    limit: number,
  ): Promise<{ readonly events: readonly Event[]; readonly position: FeedPosition }>;
};
