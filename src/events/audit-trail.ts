import type { Page, PageRequest } from '../lib/page.ts';
import type { Event, EventId, EventType, Subject, SubjectKind } from './event.ts';

export type AuditQuery = {
  /** `people`: what API tokens and operators did. `all`: devices, strangers and the server itself too. */
  readonly by: 'people' | 'all';
  /** Part of who did it, by name, or the whole of its id. */
  readonly actor: string | null;
  readonly subject: Subject | null;
  readonly types: readonly EventType[] | null;
  /** ms UTC, from and up to but without. */
  readonly from: number | null;
  readonly to: number | null;
};

/** The events as an audit log, newest first; asked about one subject an event about many reads as about that one. */
export type AuditTrail = {
  list(query: AuditQuery, page: PageRequest): Promise<Page<Event>>;
  get(id: EventId): Promise<Event | null>;
};

/** What the objects of events are called: now, or last where they are gone. */
export type ObjectNames = {
  /** By `<kind> <id>`; nothing for what has no name, or is gone with all that was said of it. */
  names(subjects: readonly Subject[]): Promise<ReadonlyMap<string, string>>;
  /** Ids of those that are called so, without regard to case. */
  called(kind: SubjectKind, name: string): Promise<readonly string[]>;
};
