/** Where the index keeps what a segment has, and how it is read. */
import { partsOfSegment } from './search/build-segment.ts';
import { buckets } from './search/token.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

export function postingPosition(segment: number, bucket: number): number {
  return segment * buckets + bucket;
}

export function textPosition(segment: number, part: number): number {
  return segment * partsOfSegment + part;
}

export async function contentsAt<Content extends SqlValue>(
  sql: Sql,
  table: 'certificate_posting' | 'certificate_text' | 'certificate_columns',
  positions: readonly number[],
): Promise<ReadonlyMap<number, Content>> {
  if (positions.length === 0) return new Map();
  const list =
    sql.dialect === 'sqlite'
      ? 'IN (SELECT value FROM json_each($1))'
      : '= ANY(ARRAY(SELECT jsonb_array_elements_text($1::jsonb)::bigint))';
  const rows = await sql.all<SqlRow & { position: number; content: Content }>(
    `SELECT position, content FROM ${table} WHERE position ${list}`,
    [JSON.stringify(positions)],
  );
  return new Map(rows.map(({ position, content }) => [position, content]));
}
