import { fromBase64, fromUtf8, toBase64Url, utf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import type { Page, PageRequest } from '../lib/page.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

/** A condition with `$?` where its values go; left out when a value is null. */
export type Condition = readonly [condition: string, ...values: (SqlValue | undefined)[]];

export type PageQuery<T> = {
  /** Up to and without WHERE. */
  readonly select: string;
  readonly where: readonly Condition[];
  /** Sort key, unique as a whole; all in one direction. */
  readonly order: readonly string[];
  readonly descending?: boolean;
  read(row: SqlRow): T;
  /** The sort key's values of an item. */
  key(item: T): readonly SqlValue[];
};

/**
 * One page of a list by keyset: the cursor is the sort key of the last item shown, so pages stay put while rows come and
 * go. Throws `bad-cursor` for one that we did not hand out.
 */
export async function pageOf<T>(sql: Sql, query: PageQuery<T>, page: PageRequest): Promise<Page<T>> {
  const { where, params } = joined(query.where);
  const conditions = [...where];
  if (page.cursor !== null) {
    const after = decodeCursor(page.cursor, query.order.length);
    const places = after.map((value) => `$${params.push(value)}`);
    conditions.push(`(${query.order.join(', ')}) ${query.descending ? '<' : '>'} (${places.join(', ')})`);
  }
  const direction = query.descending ? ' DESC' : '';
  const rows = await sql.all(
    [
      query.select,
      conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
      `ORDER BY ${query.order.map((column) => column + direction).join(', ')}`,
      `LIMIT $${params.push(page.limit + 1)}`,
    ].join(' '),
    params,
  );
  const items = rows.slice(0, page.limit).map((row) => query.read(row));
  const last = items.at(-1);
  return { items, next: rows.length > page.limit && last !== undefined ? encodeCursor(query.key(last)) : null };
}

/** The conditions that have all their values, and those. */
export function joined(conditions: readonly Condition[]): { where: string[]; params: SqlValue[] } {
  const params: SqlValue[] = [];
  const where: string[] = [];
  for (const [condition, ...values] of conditions) {
    if (values.some((value) => value === null || value === undefined)) continue;
    const given = values as SqlValue[];
    let at = 0;
    where.push(condition.replaceAll('$?', () => `$${params.push(given[at++] ?? null)}`));
  }
  return { where, params };
}

export function encodeCursor(key: readonly SqlValue[]): string {
  return toBase64Url(utf8(JSON.stringify(key)));
}

/** The key of `length` texts that `encodeCursor` was given. Throws `bad-cursor`. */
export function decodeCursor(cursor: string, length: number): SqlValue[] {
  const bytes = fromBase64(cursor);
  const text = bytes && fromUtf8(bytes);
  const key = text === undefined ? undefined : parsed(text);
  if (!Array.isArray(key) || key.length !== length || !key.every((value) => typeof value === 'string')) {
    throw badCursor();
  }
  return key;
}

export function badCursor(): Failure {
  return new Failure('invalid', 'bad-cursor', 'The cursor is not one that this list handed out. Start without one.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
