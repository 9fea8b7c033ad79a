import { aboutOne } from '../events/about-one.ts';
import type { Actor, Event, EventId, EventType, NewEvent, Subject } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { eventText } from '../events/seal/event-text.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { pageOf } from './page-query.ts';
import { isAnyOf, type Sql, type SqlRow, type SqlValue } from './sql.ts';

/** Who stamps events: the clock, the name of this server, and its mark (`SealingKey`), null before it has a key. */
export type EventStamp = {
  readonly clock: Clock;
  readonly node: string;
  readonly mark?: (text: string) => string | null;
};

export const insertEvent = `INSERT INTO event (id, at, node, type, actor, request_id, subjects, data, mark)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
export const insertEventSubject = insertEventSubjects(1);

/** For `count` subjects at once, at least one. An event has a few, so the texts are few. */
export function insertEventSubjects(count: number): string {
  const rows = Array.from({ length: count }, (_, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`);
  return `INSERT INTO event_subject (subject_id, event_id, subject_kind) VALUES ${rows.join(', ')} ON CONFLICT DO NOTHING`;
}

/** The rows of one event: its own for `insertEvent`, and one for each subject for `insertEventSubject`. */
export function eventRows(stamp: EventStamp, event: NewEvent): { own: SqlValue[]; subjects: SqlValue[][] } {
  const id = newId(stamp.clock);
  const { requestId } = event.cause;
  const { kind, id: actorId, name, address } = event.cause.actor;
  const at = stamp.clock.now();
  const { node } = stamp;
  const { type } = event;
  // The kind comes first: an index asks for it.
  const actor = JSON.stringify({ kind, id: actorId, name, address });
  const subjects = JSON.stringify(event.subjects);
  const data = JSON.stringify(event.data);
  const mark = stamp.mark?.(eventText({ id, at, node, type, actor, requestId, subjects, data })) ?? null;
  return {
    own: [id, at, node, type, actor, requestId, subjects, data, mark],
    subjects: event.subjects.map((subject) => [subject.id, id, subject.kind]),
  };
}

export type EventRow = SqlRow & {
  id: EventId;
  at: number;
  node: string;
  type: EventType;
  actor: string;
  request_id: string | null;
  subjects: string;
  data: string;
};

export const selectEvent = 'SELECT id, at, node, type, actor, request_id, subjects, data FROM event';

export function eventTable(sql: Sql, stamp: EventStamp): EventLog {
  return {
    async append(events) {
      const rows = events.map((event) => eventRows(stamp, event));
      // In this order, and none is waited for before the next is sent.
      await Promise.all([
        sql.runMany(
          insertEvent,
          rows.map(({ own }) => own),
        ),
        sql.runMany(
          insertEventSubject,
          rows.flatMap(({ subjects }) => subjects),
        ),
      ]);
    },
    list({ subject, types }, page) {
      return pageOf<Event>(
        sql,
        {
          select: subject === null ? selectEvent : `${selectEvent} JOIN event_subject ON event_id = id`,
          where: [
            ['subject_id = $?', subject?.id],
            ['subject_kind = $?', subject?.kind],
            [isAnyOf(sql, 'type', '$?'), types === null ? null : JSON.stringify(types)],
          ],
          // Of the subject's own index, which is in the order of time as well.
          order: [subject === null ? 'id' : 'event_id'],
          descending: true,
          read: (row) => (subject === null ? readEvent(row) : aboutOne(readEvent(row), subject)),
          key: eventKey,
        },
        page,
      );
    },
    async lastTime() {
      const row = await sql.one<SqlRow & { at: number }>('SELECT at FROM event ORDER BY id DESC LIMIT 1');
      return row?.at ?? null;
    },
  };
}

export function eventKey({ id }: Event): readonly SqlValue[] {
  return [id];
}

export function readEvent(of: SqlRow): Event {
  const row = of as EventRow;
  return {
    id: row.id,
    at: row.at,
    node: row.node,
    type: row.type,
    cause: { actor: JSON.parse(row.actor) as Actor, requestId: row.request_id },
    subjects: JSON.parse(row.subjects) as readonly Subject[],
    data: JSON.parse(row.data) as Record<string, unknown>,
  };
}
