import type { EventId } from '../events/event.ts';
import type { Page, PageRequest } from '../lib/page.ts';

/** Null: it does not matter. */
export type FailureQuery = {
  readonly reason: string | null;
  readonly profileId: string | null;
  readonly deviceId: string | null;
};

/** One failure, as it was recorded. Names are those of now, or the last ones of what is gone; null: none is known. */
export type FailureItem = {
  readonly id: EventId;
  readonly at: number;
  readonly node: string;
  readonly requestId: string | null;
  readonly reason: string;
  readonly deviceId: string | null;
  readonly deviceName: string | null;
  readonly profileId: string | null;
  readonly profileSlug: string | null;
  readonly deploymentId: string | null;
  /** Who was there, by name or address. */
  readonly by: string;
  /** The field that it is about, expected beside received, a device's own words. */
  readonly detail: Readonly<Record<string, unknown>>;
};

export type FailureList = {
  /** Newest first. Where little matches, a page ends after so many failures have been looked at, and `next` leads on. */
  page(query: FailureQuery, page: PageRequest): Promise<Page<FailureItem>>;
};
