import type { Subject } from '../events/event.ts';
import type { StoredEvent } from '../events/seal/event-text.ts';
import { eventText } from '../events/seal/event-text.ts';
import type { StoredEvents } from '../events/seal/seal-chain.ts';
import type { EventStamp } from './event-table.ts';
import { anywhere, containsAny } from './personal-texts.ts';
import { isAnyOf, type Sql, type SqlRow } from './sql.ts';

type Row = SqlRow & StoredEvent & { readonly mark: string | null };

const columns = 'id, at, node, type, actor, request_id AS "requestId", subjects, data, mark';

/** Rows that are looked through in one statement. */
const stride = 2000;

export function storedEvents(sql: Sql, stamp: EventStamp): StoredEvents {
  const anyId = isAnyOf(sql, 'id', '$1');
  return {
    async idsAfter(after, limit) {
      const rows = await sql.all<SqlRow & { id: string }>('SELECT id FROM event WHERE id > $1 ORDER BY id LIMIT $2', [
        after,
        limit,
      ]);
      return rows.map(({ id }) => id);
    },
    read(ids) {
      return sql.all<Row>(`SELECT ${columns} FROM event WHERE ${anyId} ORDER BY id`, [JSON.stringify(ids)]);
    },
    async count() {
      const row = await sql.one<SqlRow & { count: number }>('SELECT count(*) AS count FROM event');
      return row?.count ?? 0;
    },
    async replace(events) {
      await sql.runMany(
        'UPDATE event SET actor = $2, subjects = $3, data = $4, mark = $5 WHERE id = $1',
        events.map((event) => {
          const { id, actor, subjects, data } = event;
          return [id, actor, subjects, data, stamp.mark?.(eventText(event)) ?? null];
        }),
      );
    },
    async remove(events) {
      await sql.runMany(
        'DELETE FROM event_subject WHERE subject_id = $1 AND event_id = $2 AND subject_kind = $3',
        events.flatMap((event) => subjectsOf(event).map(({ id, kind }) => [id, event.id, kind])),
      );
      await sql.run(`DELETE FROM event WHERE ${anyId}`, [JSON.stringify(events.map(({ id }) => id))]);
    },
    async containing(texts, after) {
      const end = await sql.one<SqlRow & { id: string | null }>(
        'SELECT max(id) AS id FROM (SELECT id FROM event WHERE id > $1 ORDER BY id LIMIT $2) AS next',
        [after, stride],
      );
      const through = end?.id ?? null;
      if (through === null) return { events: [], through };
      const events = await sql.all<Row>(
        `SELECT ${columns} FROM event WHERE id > $1 AND id <= $2
           AND (${containsAny(sql, ['data', 'subjects', 'actor'], texts.length, 3)}) ORDER BY id`,
        [after, through, ...texts.map(anywhere)],
      );
      return { events, through };
    },
    about(subjectIds, after, limit) {
      return sql.all<Row>(
        `SELECT ${columns} FROM event WHERE id IN (SELECT DISTINCT event_id FROM event_subject
           WHERE ${isAnyOf(sql, 'subject_id', '$1')} AND event_id > $2 ORDER BY event_id LIMIT $3) ORDER BY id`,
        [JSON.stringify(subjectIds), after, limit],
      );
    },
  };
}

/** Whoever tampered with it may have left no JSON. */
function subjectsOf({ subjects }: StoredEvent): readonly Subject[] {
  try {
    const parsed: unknown = JSON.parse(subjects);
    return Array.isArray(parsed) ? (parsed as Subject[]) : [];
  } catch {
    return [];
  }
}
