/**
 * SQLite has one writer, and one process whose ids only grow: there the order of ids is that of commits. PostgreSQL has
 * many: an event carries the number of its transaction, and is handed out once every transaction with a lower number has
 * ended. Numbers from before a restore into another cluster count as 0 (`rebase`).
 */
import type { EventFeed } from '../events/event-feed.ts';
import { minute } from '../lib/clock.ts';
import { idAt, timeOfId } from '../lib/ids.ts';
import { type EventRow, readEvent, selectEvent } from './event-table.ts';
import type { Sql, SqlRow } from './sql.ts';

export function eventFeed(sql: Sql): EventFeed {
  return sql.dialect === 'sqlite' ? feedById(sql) : feedByTransaction(sql);
}

function feedById(sql: Sql): EventFeed {
  return {
    async now() {
      const row = await sql.one<SqlRow & { id: string }>('SELECT id FROM event ORDER BY id DESC LIMIT 1');
      return row?.id ?? '';
    },
    async after(position, limit) {
      const rows = await sql.all<EventRow>(`${selectEvent} WHERE id > $1 ORDER BY id LIMIT $2`, [position, limit]);
      return { events: rows.map(readEvent), position: rows.at(-1)?.id ?? position };
    },
  };
}

type ByTransaction = EventRow & { xact: number };

const select = selectEvent.replace(' FROM', ', xact FROM');

/**
 * `next`: no transaction with a number from here on had ended when this began. `open`: what is under way in this database,
 * looked at afterwards; other databases of the cluster do not matter, however long they take. Any role may see both.
 */
const horizon = `SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next,
  (SELECT array_to_json(array_agg(backend_xid::text::bigint))::text FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname = current_database()) AS open`;

/** Transactions with lower numbers have ended, and whatever they wrote is seen by statements that begin now. */
async function endedBelow(sql: Sql): Promise<number> {
  const row = await sql.one<SqlRow & { next: number; open: string | null }>(horizon);
  if (row === null) throw new TypeError('PostgreSQL did not tell its transactions');
  const { next, open } = row;
  const underWay = open === null ? [] : (JSON.parse(open) as number[]);
  return Math.min(next, ...underWay.map((short) => wholeNumber(short, next)));
}

/** Of a transaction under way PostgreSQL tells the lower 32 bits; it is near `next`, before or behind it. */
function wholeNumber(short: number, next: number): number {
  const turn = 2 ** 32;
  const distance = (short - (next % turn) + turn) % turn;
  return next + (distance >= turn / 2 ? distance - turn : distance);
}

function feedByTransaction(sql: Sql): EventFeed {
  return {
    now: async () => positionOf(await endedBelow(sql), ''),
    async after(position, limit) {
      const [xact = '0', id = ''] = position.split(':');
      const below = await endedBelow(sql);
      const rows = await sql.all<ByTransaction>(
        `${select} WHERE (xact, id) > ($1, $2) AND xact < $3 ORDER BY xact, id LIMIT $4`,
        [Number(xact), id, below, limit],
      );
      const last = rows.at(-1);
      return { events: rows.map(readEvent), position: last === undefined ? position : positionOf(last.xact, last.id) };
    },
  };
}

/**
 * After a dump was restored into another cluster its numbers mean nothing: all of what is there counts as 0, and what may not
 * have been handed out yet is so again; a delivery that is known already is not made twice. `patiently` may take minutes.
 */
export async function rebaseFeed(
  sql: Pick<Sql, 'one' | 'run'>,
  patiently: (text: string, params: readonly []) => Promise<void>,
): Promise<void> {
  const next = 'pg_snapshot_xmax(pg_current_snapshot())::text::bigint';
  const foreign = await sql.one(`SELECT 1 AS foreign FROM event WHERE xact >= ${next} LIMIT 1`);
  const outbox = await sql.one<SqlRow & { position: string; foreign: boolean }>(
    `SELECT position, split_part(position, ':', 1)::bigint >= ${next} AS foreign FROM webhook_outbox WHERE position <> ''`,
  );
  if (foreign === null && outbox?.foreign !== true) return;
  await patiently('UPDATE event SET xact = 0 WHERE xact > 0', []);
  if (outbox === null) return;
  const [, id = ''] = outbox.position.split(':');
  const recent = id === '' ? '' : idAt(timeOfId(id) - 10 * minute);
  await sql.run('UPDATE webhook_outbox SET position = $1', [positionOf(0, recent)]);
}

function positionOf(xact: number, id: string): string {
  return `${xact}:${id}`;
}
