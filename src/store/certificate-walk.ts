/**
 * Certificates in an order, a few at a time: those that may be what is asked for, to be compared by their rows. Reads the
 * certificate index where it reaches, and behind it the certificates themselves.
 */
import { postingPosition, textPosition } from './certificate-index.ts';
import { textsPerPart } from './search/build-segment.ts';
import { ordinalsIn } from './search/postings.ts';
import {
  bucketsOf,
  hasText,
  matchesRow,
  mayMatchRow,
  ordinalsWanted,
  type SearchTerm,
  type Wanted,
} from './search/wanted.ts';
import { type SearchableCertificate, searchableBetween } from './searchable-certificates.ts';
import type { Sql, SqlRow, SqlValue } from './sql.ts';

/** The sort key; its last text is the id. */
export type Key = readonly string[];

/** `sure`: the search is known to match it; else its row has to say. */
export type Candidate = { readonly key: Key; readonly sure: boolean };

/** Strictly between these ids. */
export type IdRange = { readonly after: string; readonly before: string };

export type Walk = {
  readonly range: IdRange;
  readonly descending: boolean;
  readonly term: SearchTerm | null;
  /** Tokens of which the index says who has them; empty: all may be meant. */
  readonly wanted: Wanted;
  /** Ends of validity that may be meant, ms; `before` is not. */
  readonly ends: { readonly from: number; readonly before: number };
};

type Segment = SqlRow & {
  number: number;
  after_id: string;
  last_id: string;
  earliest_end: number;
  latest_end: number;
};

const portions = { least: 64, most: 1024 };
/** Segments whose postings are read at once: few at first, as that is often enough. */
const atOnce = { least: 4, most: 64 };

/** By id. */
export async function* walkByIssue(sql: Sql, walk: Walk): AsyncGenerator<readonly Candidate[]> {
  const { descending, ends } = walk;
  const all = await sql.all<Segment>(
    'SELECT number, after_id, last_id, earliest_end, latest_end FROM certificate_segment ORDER BY number',
  );
  const { range } = walk;
  const sealed = all.at(-1)?.last_id ?? '';
  const segments = all.filter(
    (each) =>
      each.after_id < range.before &&
      each.last_id > range.after &&
      each.earliest_end < ends.before &&
      each.latest_end >= ends.from,
  );
  const newest = { ...walk, range: { after: max(range.after, sealed), before: range.before } };
  if (descending) yield* walkDirectly(sql, newest);
  if (descending) segments.reverse();
  if (walk.wanted.length > 0) yield* walkSegments(sql, walk, segments);
  else
    for (const { after_id, last_id } of segments) {
      const within = { after: max(range.after, after_id), before: min(range.before, `${last_id}~`) };
      yield* walkDirectly(sql, { ...walk, range: within });
    }
  if (!descending) yield* walkDirectly(sql, newest);
}

async function* walkDirectly(sql: Sql, { range, descending, term }: Walk): AsyncGenerator<readonly Candidate[]> {
  let { after, before } = range;
  for (let limit = portions.least; after < before; limit = Math.min(limit * 4, portions.most)) {
    const asked = { after, before, descending, limit };
    const rows = term === null ? await idsBetween(sql, asked) : await searchableBetween(sql, asked);
    const found =
      term === null
        ? rows
        : (rows as readonly SearchableCertificate[]).filter((row) => hasText(term, row.text) || matchesRow(term, row));
    yield found.map(({ id }) => ({ key: [id], sure: true }));
    const last = rows.at(-1);
    if (rows.length < limit || last === undefined) return;
    if (descending) before = last.id;
    else after = last.id;
  }
}

async function* walkSegments(sql: Sql, walk: Walk, segments: readonly Segment[]): AsyncGenerator<readonly Candidate[]> {
  const wantedBuckets = bucketsOf(walk.wanted);
  for (
    let from = 0, count = atOnce.least;
    from < segments.length;
    from += count, count = Math.min(count * 4, atOnce.most)
  ) {
    const group = segments.slice(from, from + count);
    const positions = group.flatMap(({ number }) => wantedBuckets.map((bucket) => postingPosition(number, bucket)));
    const rows = await contentsAt<Uint8Array>(sql, 'certificate_posting', positions);
    for (const segment of group) {
      const set = ordinalsWanted(walk.wanted, (bucket) => rows.get(postingPosition(segment.number, bucket)) ?? null);
      const ordinals = ordinalsIn(set);
      if (walk.descending) ordinals.reverse();
      yield* walkOrdinals(sql, walk, segment.number, ordinals);
    }
  }
}

/** Compares with the texts that the segment keeps. */
async function* walkOrdinals(
  sql: Sql,
  { term, range }: Walk,
  segment: number,
  ordinals: readonly number[],
): AsyncGenerator<readonly Candidate[]> {
  for (let from = 0, count = portions.least; from < ordinals.length; from += count, count = portions.most) {
    const some = ordinals.slice(from, from + count);
    const parts = [...new Set(some.map((ordinal) => Math.floor(ordinal / textsPerPart)))];
    const contents = await contentsAt<string>(
      sql,
      'certificate_text',
      parts.map((part) => textPosition(segment, part)),
    );
    const lines = new Map<number, readonly (readonly [id: string, text: string])[]>();
    for (const part of parts) lines.set(part, JSON.parse(contents.get(textPosition(segment, part)) ?? '[]'));
    const candidates: Candidate[] = [];
    for (const ordinal of some) {
      const line = lines.get(Math.floor(ordinal / textsPerPart))?.[ordinal % textsPerPart];
      if (line === undefined || line[0] <= range.after || line[0] >= range.before) continue;
      const sure = term === null || hasText(term, line[1]);
      if (sure || mayMatchRow(term)) candidates.push({ key: [line[0]], sure });
    }
    yield candidates;
  }
}

/** By a time that an index is kept of, then by id; from behind `after`, within `ends`. */
export async function* walkByTime(
  sql: Sql,
  column: 'not_after' | 'revoked_at',
  asked: {
    readonly after: Key | null;
    readonly descending: boolean;
    readonly from: number;
    readonly before: number;
  },
): AsyncGenerator<readonly Candidate[]> {
  const { descending, from, before } = asked;
  const [beyond, direction] = descending ? ['<', ' DESC'] : ['>', ''];
  const text = `SELECT ${column} AS time, id FROM certificate
    WHERE ${column} >= $1 AND ${column} < $2 AND (${column}, id) ${beyond} ($3, $4)
    ORDER BY ${column}${direction}, id${direction} LIMIT $5`;
  let [time, id]: [number, string] =
    asked.after === null ? (descending ? [before, ''] : [from, '']) : [Number(asked.after[0]), asked.after[1] ?? ''];
  for (let limit = portions.least; ; limit = Math.min(limit * 4, portions.most)) {
    const rows = await sql.all<SqlRow & { time: number; id: string }>(text, [from, before, time, id, limit]);
    yield rows.map((row) => ({ key: [String(row.time), row.id], sure: true }));
    const last = rows.at(-1);
    if (rows.length < limit || last === undefined) return;
    [time, id] = [last.time, last.id];
  }
}

/** The same candidates, and these as well, where they belong. */
export async function* withExtra(
  candidates: AsyncGenerator<readonly Candidate[]>,
  extra: readonly string[],
  descending: boolean,
): AsyncGenerator<readonly Candidate[]> {
  const left = new Set(extra);
  const order = (a: string, b: string) => (a === b ? 0 : a < b === descending ? 1 : -1);
  const from = (ids: Iterable<string>) => [...ids].sort(order).map((id): Candidate => ({ key: [id], sure: true }));
  for await (const some of candidates) {
    const last = some.at(-1)?.key[0];
    if (last === undefined) continue;
    const here = [...left].filter((id) => order(id, last) <= 0);
    for (const id of here) left.delete(id);
    const added = new Set(here);
    const others = some.filter(({ key: [id = ''] }) => !added.has(id));
    yield here.length === 0
      ? some
      : [...others, ...from(here)].sort((a, b) => order(a.key[0] as string, b.key[0] as string));
  }
  if (left.size > 0) yield from(left);
}

async function idsBetween(
  sql: Sql,
  { after, before, descending, limit }: IdRange & { descending: boolean; limit: number },
): Promise<readonly { readonly id: string }[]> {
  return sql.all<SqlRow & { id: string }>(
    `SELECT certificate_id AS id FROM certificate_search WHERE certificate_id > $1 AND certificate_id < $2
     ORDER BY certificate_id${descending ? ' DESC' : ''} LIMIT $3`,
    [after, before, limit],
  );
}

async function contentsAt<Content extends SqlValue>(
  sql: Sql,
  table: 'certificate_posting' | 'certificate_text',
  positions: readonly number[],
): Promise<ReadonlyMap<number, Content>> {
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

const max = (a: string, b: string) => (a > b ? a : b);
const min = (a: string, b: string) => (a < b ? a : b);
