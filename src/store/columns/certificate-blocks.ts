/**
 * All certificates by their columns, in memory, brought up to date whenever somebody asks: what the index has of them is
 * read once, behind it the certificates themselves. What a list finds here it looks up again by its row.
 */
import { second } from '../../lib/clock.ts';
import { idAt as idAtTime, timeOfId } from '../../lib/ids.ts';
import { type SearchableCertificate, searchableBetween, searchableOf } from '../searchable-certificates.ts';
import { contentsAt } from '../segment-contents.ts';
import { rowsOfSegment } from '../segment-rows.ts';
import type { Sql, SqlRow } from '../sql.ts';
import {
  type Block,
  blockOfRows,
  decodeColumns,
  drop,
  gathered,
  hasPrevious,
  idAt,
  type Numbers,
  newNumbers,
} from './block.ts';
import { compareIds, countBefore, wordsOfId } from './id-words.ts';

export type Blocks = {
  /** In the order of their ids, as are the certificates of each. */
  readonly blocks: readonly Block[];
  readonly numbers: Numbers;
};

type Segment = SqlRow & { number: number; last_id: string; made_at: number };

/** Certificates that the index does not have are taken in by blocks of at most so many: the last one is made anew often. */
const freshSize = 1024;
/** Of so many what a search compares stays in memory; where the index has just begun there are more. */
const mostSearchable = 65_536;
/** Rows that are read at once. */
const portion = 1024;
const contentsAtOnce = 16;
/** What was decided before something else may be committed after it, but not for longer than this. */
const patience = 30 * second;
/** Below every id, and above. */
const first = '';
const last = 'g';

const selectSegments = 'SELECT number, last_id, made_at FROM certificate_segment ORDER BY number';
const selectRevoked = `SELECT revoked_at AS "revokedAt", id FROM certificate
  WHERE revoked_at IS NOT NULL AND revoked_at >= $1 ORDER BY revoked_at, id`;
const selectGone = 'SELECT number, certificate_id AS "id" FROM certificate_gone WHERE number > $1 ORDER BY number';
const selectIds = `SELECT certificate_id AS "id" FROM certificate_search WHERE certificate_id > $1
  ORDER BY certificate_id LIMIT $2`;

/** Asked for again and again; what it answers must not be kept for long. */
export function certificateBlocks(sql: Sql): () => Promise<Blocks> {
  let known = nothingKnown();
  let underWay: Promise<unknown> = Promise.resolve();
  const bringUpToDate = async () => {
    try {
      known = await updated(sql, known);
    } catch (error) {
      known = nothingKnown();
      throw error;
    }
    return { blocks: [...known.sealed, ...known.fresh], numbers: known.numbers };
  };
  return () => {
    const next = underWay.then(bringUpToDate, bringUpToDate);
    underWay = next.catch(() => {});
    return next;
  };
}

type Known = {
  readonly numbers: Numbers;
  readonly segments: readonly Segment[];
  /** One for each segment. */
  readonly sealed: readonly Block[];
  /** What no segment has. */
  readonly fresh: readonly Block[];
  /** ms, of the last revocation that is known of. */
  readonly revoked: number;
  /** Of the last deletion. */
  readonly gone: number;
};

function nothingKnown(): Known {
  return { numbers: newNumbers(), segments: [], sealed: [], fresh: [], revoked: 0, gone: 0 };
}

async function updated(sql: Sql, before: Known): Promise<Known> {
  const segments = await sql.all<Segment>(selectSegments);
  const isSame = (a: Segment, b: Segment | undefined) => a.number === b?.number && a.made_at === b.made_at;
  // Segments are added at the end; anything else is rare, and all is read anew.
  const known = before.segments.every((each, at) => isSame(each, segments[at])) ? before : nothingKnown();
  const { numbers } = known;
  const added = segments.slice(known.segments.length);
  const sealed = [...known.sealed, ...(await readSegments(sql, added, numbers))];
  const lastId = segments.at(-1)?.last_id ?? first;
  const kept = added.length === 0 ? known.fresh : known.fresh.flatMap((block) => behind(block, lastId));
  const read = await readFresh(sql, kept, lastId, numbers);
  const fresh = withAll(kept, read);
  const blocks = [...sealed, ...fresh];
  const isNew = new Set<Block>([...sealed.slice(known.sealed.length), ...(added.length > 0 ? fresh : read)]);
  for (const block of isNew)
    for (let at = 0; at < block.size; at++) if (hasPrevious(block, at)) supersede(blocks, block, at);
  const revoked = await applyRevocations(sql, blocks, added.length > 0 ? 0 : known.revoked);
  const gone = await applyDeletions(sql, blocks, added.length > 0 ? 0 : known.gone);
  return { numbers, segments, sealed, fresh, revoked, gone };
}

async function readSegments(sql: Sql, segments: readonly Segment[], numbers: Numbers): Promise<readonly Block[]> {
  const blocks: Block[] = [];
  for (let from = 0; from < segments.length; from += contentsAtOnce) {
    const some = segments.slice(from, from + contentsAtOnce);
    const contents = await contentsAt<Uint8Array>(
      sql,
      'certificate_columns',
      some.map(({ number }) => number),
    );
    for (const segment of some) {
      const content = contents.get(segment.number);
      blocks.push(
        content === undefined
          ? blockOfRows(await rowsOfSegment(sql, segment.number), numbers, segment.number)
          : decodeColumns(content, numbers, segment.number),
      );
    }
  }
  return blocks;
}

/** Those of the block that sort behind this id. */
function behind(block: Block, id: string): readonly Block[] {
  const from = countBefore(block.ids, block.size, wordsOfId(id), 0);
  const left: (readonly [Block, number])[] = [];
  for (let at = from; at < block.size; at++) if (idAt(block, at) > id) left.push([block, at]);
  if (left.length === block.size) return [block];
  return left.length === 0 ? [] : [gathered(left)];
}

/** Blocks of what came since, late or not. */
async function readFresh(
  sql: Sql,
  fresh: readonly Block[],
  lastId: string,
  numbers: Numbers,
): Promise<readonly Block[]> {
  const newest = fresh.at(-1);
  const read: Block[] = [];
  let after = newest === undefined ? lastId : idAt(newest, newest.size - 1);
  if (newest !== undefined) {
    const since = idAtTime(timeOfId(after) - patience);
    const rows = await missing(sql, fresh, since > lastId ? since : lastId);
    read.push(...blocksOf(rows.late, numbers));
    if (!rows.more) return read;
    after = rows.last;
  }
  let count = fresh.reduce((sum, { size }) => sum + size, 0);
  for (;;) {
    const rows = await searchableBetween(sql, { after, before: last, limit: portion });
    count += rows.length;
    for (const block of blocksOf(rows, numbers))
      read.push(count > mostSearchable ? { ...block, searchable: null } : block);
    const end = rows.at(-1);
    if (rows.length < portion || end === undefined) return read;
    after = end.id;
  }
}

function blocksOf(rows: readonly SearchableCertificate[], numbers: Numbers): readonly Block[] {
  const blocks: Block[] = [];
  for (let from = 0; from < rows.length; from += freshSize)
    blocks.push(blockOfRows(rows.slice(from, from + freshSize), numbers, null));
  return blocks;
}

/** Those behind an id that no block has; `more`: there may be others behind `last`. */
async function missing(
  sql: Sql,
  fresh: readonly Block[],
  after: string,
): Promise<{ late: readonly SearchableCertificate[]; more: boolean; last: string }> {
  const late: string[] = [];
  let from = after;
  for (;;) {
    const rows = await sql.all<SqlRow & { id: string }>(selectIds, [from, portion]);
    const unknown = rows.filter(({ id }) => placeOf(fresh, wordsOfId(id), 0) === null);
    late.push(...unknown.map(({ id }) => id));
    from = rows.at(-1)?.id ?? from;
    const more = rows.length === portion;
    if (!more || unknown.length === portion) {
      const found = late.length === 0 ? [] : await searchableOf(sql, late);
      return { late: found.toSorted((a, b) => (a.id < b.id ? -1 : 1)), more, last: from };
    }
  }
}

/** The fresh blocks with others among them, none larger than `freshSize` unless it was. */
function withAll(fresh: readonly Block[], read: readonly Block[]): readonly Block[] {
  const blocks = [...fresh];
  for (const block of read) {
    const newest = blocks.at(-1);
    const isNext = newest === undefined || compareIds(newest.ids, newest.size - 1, block.ids, 0) < 0;
    if (isNext && (newest === undefined || newest.size + block.size > freshSize)) blocks.push(block);
    else insert(blocks, block);
  }
  return blocks;
}

function insert(blocks: Block[], block: Block): void {
  const end = blocks.findIndex((each) => compareIds(each.ids, 0, block.ids, block.size - 1) > 0);
  const to = end === -1 ? blocks.length : end;
  let from = to;
  while (
    from > 0 &&
    compareIds((blocks[from - 1] as Block).ids, (blocks[from - 1] as Block).size - 1, block.ids, 0) > 0
  )
    from--;
  // With its neighbour, so that not many small ones come together.
  if (from > 0) from--;
  const all = [...blocks.slice(from, to), block].flatMap((of) =>
    Array.from({ length: of.size }, (_, at): readonly [Block, number] => [of, at]),
  );
  all.sort(([a, atA], [b, atB]) => compareIds(a.ids, atA, b.ids, atB));
  const made: Block[] = [];
  for (let at = 0; at < all.length; at += freshSize) made.push(gathered(all.slice(at, at + freshSize)));
  blocks.splice(from, to - from, ...made);
}

/** Where a certificate is: `number` of the block among these. */
export function placeOf(
  blocks: readonly Block[],
  id: Uint32Array,
  at: number,
): { readonly block: Block; readonly number: number; readonly ordinal: number } | null {
  let [low, high] = [0, blocks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds((blocks[middle] as Block).ids, 0, id, at) <= 0) low = middle + 1;
    else high = middle;
  }
  const block = blocks[low - 1];
  if (block === undefined) return null;
  const ordinal = countBefore(block.ids, block.size, id, at);
  return ordinal < block.size && compareIds(block.ids, ordinal, id, at) === 0
    ? { block, number: low - 1, ordinal }
    : null;
}

function supersede(blocks: readonly Block[], by: Block, at: number): void {
  const place = placeOf(blocks, by.previous, at);
  if (place !== null) drop(place.block.latest, place.ordinal);
}

/** Since then; answers when the last one was. */
async function applyRevocations(sql: Sql, blocks: readonly Block[], since: number): Promise<number> {
  const rows = await sql.all<SqlRow & { id: string; revokedAt: number }>(selectRevoked, [since - patience]);
  for (const { id, revokedAt } of rows) {
    const place = placeOf(blocks, wordsOfId(id), 0);
    if (place !== null) place.block.revoked[place.ordinal] = revokedAt;
  }
  return rows.at(-1)?.revokedAt ?? since;
}

async function applyDeletions(sql: Sql, blocks: readonly Block[], since: number): Promise<number> {
  const rows = await sql.all<SqlRow & { number: number; id: string }>(selectGone, [Math.max(0, since - portion)]);
  for (const { id } of rows) {
    const place = placeOf(blocks, wordsOfId(id), 0);
    if (place !== null) drop(place.block.alive, place.ordinal);
  }
  return rows.at(-1)?.number ?? since;
}
