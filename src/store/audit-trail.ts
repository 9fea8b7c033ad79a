import { aboutOne } from '../events/about-one.ts';
import type { AuditQuery, AuditTrail } from '../events/audit-trail.ts';
import type { Event } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { idAt } from '../lib/ids.ts';
import { eventKey, readEvent, selectEvent } from './event-table.ts';
import { contains, folded } from './folded.ts';
import { pageOf } from './page-query.ts';
import { isAnyOf, type Sql } from './sql.ts';

/** In the words of the index `event_by_people`. */
const byPeople = `substr(actor, 1, 15) IN ('{"kind":"token"', '{"kind":"operat', '{"kind":"admini')`;

/** An id's time is its server's, hardly ever that far from the event's own. */
const slack = day;

export function auditTrail(sql: Sql): AuditTrail {
  const property = (name: 'id' | 'name') =>
    sql.dialect === 'sqlite' ? `json_extract(actor, '$.${name}')` : `(actor::jsonb ->> '${name}')`;
  const actorIs = `(${property('id')} = $? OR lower(${property('name')}) LIKE $? ESCAPE '\\')`;
  return {
    list(query: AuditQuery, page) {
      const { subject, types, from, to, actor } = query;
      const joined = subject !== null;
      return pageOf<Event>(
        sql,
        {
          select: joined ? `${selectEvent} JOIN event_subject ON event_id = id` : selectEvent,
          where: [
            ...(query.by === 'people' ? ([[byPeople]] as const) : []),
            ['subject_id = $?', subject?.id],
            ['subject_kind = $?', subject?.kind],
            [isAnyOf(sql, 'type', '$?'), types === null ? null : JSON.stringify(types)],
            ['id >= $?', from === null ? null : idAt(from - slack)],
            ['at >= $?', from],
            ['id < $?', to === null ? null : idAt(to + slack)],
            ['at < $?', to],
            [actorIs, actor, actor === null ? null : contains(folded(actor))],
          ],
          order: [joined ? 'event_id' : 'id'],
          descending: true,
          read: (row) => (subject === null ? readEvent(row) : aboutOne(readEvent(row), subject)),
          key: eventKey,
        },
        page,
      );
    },
    async get(id) {
      const row = await sql.one(`${selectEvent} WHERE id = $1`, [id]);
      return row && readEvent(row);
    },
  };
}
