import type { Page, PageRequest } from '../lib/page.ts';
import type { Event, EventType, NewEvent, Subject } from './event.ts';

/** The append-only table of events. */
export type EventLog = {
  /** Joins the transaction of the caller; stamps id, time and node. Keeps the order given. */
  append(events: readonly NewEvent[]): Promise<void>;
  /** Newest first. `subject` and `types` narrow; an event about many (`about-one.ts`) then reads as about that subject. */
  list(
    query: { readonly subject: Subject | null; readonly types: readonly EventType[] | null },
    page: PageRequest,
  ): Promise<Page<Event>>;
  /** Time of the newest event, in ms; null when there is none. The server refuses to issue far behind it. */
  lastTime(): Promise<number | null>;
};
