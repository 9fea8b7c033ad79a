/**
 * By a text that stays in the store: every block knows the order of its own, and they are merged as far as a page needs.
 * Of some, evenly in between, a block learns the text the first time; to find a place it reads a few more.
 */

import { type Ordinals, ordinalsIn } from '../search/postings.ts';
import { subjectIn } from '../searchable-certificates.ts';
import { isAnyOf, type Sql, type SqlRow } from '../sql.ts';
import { type Block, has, idAt, orderOf, type TextSort } from './block.ts';
import { candidatesIn, countOf, type Place, type Portion, portionOf, portions, type Sought } from './candidates.ts';
import { compareIds, wordsOfId } from './id-words.ts';

const landmarkEvery = 32;
const blocksAtOnce = 64;
const textsAtOnce = 1024;
/** Of one block, while others are merged with it. */
const ahead = 4;

type Cursor = { readonly text: string; readonly id: string };

/** Those of a block that are left, from `at` on in its order; the next ones with their texts. */
type Run = {
  readonly block: Block;
  readonly order: Uint16Array;
  readonly set: Ordinals;
  readonly step: 1 | -1;
  at: number;
  readonly next: { readonly ordinal: number; readonly text: string }[];
};

export async function* walkByText(
  sql: Sql,
  sought: Sought,
  { sort, after, descending }: { readonly sort: TextSort; readonly after: Cursor | null; readonly descending: boolean },
): AsyncGenerator<Portion> {
  const runs = await runsFrom(sql, sought, sort, after, descending);
  for (let count = portions.least; ; count = Math.min(count * 4, portions.most)) {
    const some: (Place & { readonly text: string })[] = [];
    while (some.length < count) {
      const first = firstOf(runs, descending);
      const next = first?.next.shift();
      if (first === null || next === undefined) break;
      some.push({ block: first.block, ...next });
      if (first.next.length === 0) await readAhead(sql, sort, [first], ahead);
    }
    yield await portionOf(sql, sought, some, ({ block, ordinal, text }) => [text, idAt(block, ordinal)]);
    if (some.length < count) return;
  }
}

async function runsFrom(
  sql: Sql,
  sought: Sought,
  sort: TextSort,
  after: Cursor | null,
  descending: boolean,
): Promise<readonly Run[]> {
  const { blocks } = sought;
  await putInOrder(sql, sort, blocks);
  const starts = after === null ? null : await placesOf(sql, sort, blocks, after);
  const runs: Run[] = [];
  for (let from = 0; from < blocks.length; from += blocksAtOnce) {
    const group = blocks.slice(from, from + blocksAtOnce);
    const sets = await candidatesIn(sql, sought, group);
    for (const [i, block] of group.entries()) {
      const order = orderIn(block, sort);
      const start = starts?.[from + i];
      const at = descending ? (start?.before ?? order.length) - 1 : (start?.through ?? 0);
      runs.push({ block, order, set: sets[i] as Ordinals, step: descending ? -1 : 1, at, next: [] });
    }
  }
  await readAhead(sql, sort, runs, 1);
  return runs;
}

function firstOf(runs: readonly Run[], descending: boolean): Run | null {
  let [first, best]: [Run | null, string] = [null, ''];
  for (const run of runs) {
    const [next] = run.next;
    if (next === undefined || (first !== null && (descending ? next.text < best : next.text >= best))) continue;
    [first, best] = [run, next.text];
  }
  return first;
}

async function readAhead(sql: Sql, sort: TextSort, runs: readonly Run[], count: number): Promise<void> {
  const places: Place[] = [];
  const ends: Run[] = [];
  for (const run of runs) {
    const { block, order, set, step } = run;
    for (let found = 0; found < count && run.at >= 0 && run.at < order.length; run.at += step) {
      const ordinal = order[run.at] as number;
      if (!has(set, ordinal)) continue;
      found++;
      places.push({ block, ordinal });
      ends.push(run);
    }
  }
  const texts = await textsOf(sql, sort, places);
  for (const [at, { ordinal }] of places.entries()) ends[at]?.next.push({ ordinal, text: texts[at] ?? '' });
}

function orderIn(block: Block, sort: TextSort): Uint16Array {
  return block.orders[sort] ?? new Uint16Array();
}

/** How many of each block sort before the cursor, and with what is equal to it. */
async function placesOf(
  sql: Sql,
  sort: TextSort,
  blocks: readonly Block[],
  { text, id }: Cursor,
): Promise<readonly { readonly before: number; readonly through: number }[]> {
  await setLandmarks(sql, sort, blocks);
  const end = wordsOfId(id);
  const compare = ({ block, ordinal }: Place, its: string) =>
    its < text ? -1 : its > text ? 1 : compareIds(block.ids, ordinal, end, 0);
  const at = (block: Block, index: number): Place => ({ block, ordinal: orderIn(block, sort)[index] ?? 0 });
  const ranges = blocks.map((block) => {
    const landmarks = block.landmarks[sort] ?? [];
    let [low, high] = [0, landmarks.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compare(at(block, middle * landmarkEvery), landmarks[middle] as string) < 0) low = middle + 1;
      else high = middle;
    }
    return {
      block,
      low: Math.max(0, (low - 1) * landmarkEvery + 1),
      high: Math.min(orderIn(block, sort).length, low * landmarkEvery),
    };
  });
  for (;;) {
    const open = ranges.filter(({ low, high }) => low < high);
    if (open.length === 0) break;
    const middles = open.map(({ block, low, high }) => at(block, (low + high) >>> 1));
    const texts = await textsOf(sql, sort, middles);
    for (const [i, range] of open.entries()) {
      const middle = (range.low + range.high) >>> 1;
      const order = compare(middles[i] as Place, texts[i] ?? '');
      if (order < 0) range.low = middle + 1;
      else range.high = middle;
    }
  }
  return ranges.map(({ block, low }) => {
    const isSame = low < orderIn(block, sort).length && compareIds(block.ids, at(block, low).ordinal, end, 0) === 0;
    return { before: low, through: isSame ? low + 1 : low };
  });
}

async function setLandmarks(sql: Sql, sort: TextSort, blocks: readonly Block[]): Promise<void> {
  for (const block of blocks) {
    if (block.landmarks[sort] !== undefined) continue;
    const order = orderIn(block, sort);
    const places: Place[] = [];
    for (let at = 0; at < order.length; at += landmarkEvery) places.push({ block, ordinal: order[at] as number });
    block.landmarks[sort] = await textsOf(sql, sort, places);
  }
}

/** What the index has comes with its order; in it, those that are deleted have no place. */
async function putInOrder(sql: Sql, sort: TextSort, blocks: readonly Block[]): Promise<void> {
  for (const block of blocks) {
    const alive = countOf(block.alive);
    const order = block.orders[sort];
    if (order?.length === alive) continue;
    delete block.landmarks[sort];
    if (order !== undefined) {
      block.orders[sort] = order.filter((ordinal) => has(block.alive, ordinal));
      continue;
    }
    const places = ordinalsIn(block.alive).map((ordinal): Place => ({ block, ordinal }));
    const texts = await textsOf(sql, sort, places);
    block.orders[sort] = orderOf(texts).map((at) => places[at]?.ordinal ?? 0);
  }
}

const selects: Readonly<Record<TextSort, (sql: Sql) => string>> = {
  subject: (sql) =>
    `SELECT certificate_id AS id, search_folded AS text FROM certificate_search WHERE ${isAnyOf(sql, 'certificate_id', '$1')}`,
  serial: (sql) => `SELECT id, serial AS text FROM certificate WHERE ${isAnyOf(sql, 'id', '$1')}`,
};

/** As they are sorted, in the order of the places; of what is deleted, none. */
async function textsOf(sql: Sql, sort: TextSort, places: readonly Place[]): Promise<readonly string[]> {
  const texts: string[] = [];
  for (let from = 0; from < places.length; from += textsAtOnce) {
    const some = places.slice(from, from + textsAtOnce);
    const known = some.map(({ block, ordinal }) => block.searchable?.[ordinal]?.[sort]);
    const ids = some.map(({ block, ordinal }) => idAt(block, ordinal));
    const unread = ids.filter((_, at) => known[at] === undefined);
    const rows =
      unread.length === 0
        ? []
        : await sql.all<SqlRow & { id: string; text: string }>(selects[sort](sql), [JSON.stringify(unread)]);
    const read = new Map(rows.map(({ id, text }) => [id, sort === 'subject' ? subjectIn(text) : text]));
    for (const [at, id] of ids.entries()) texts.push(known[at] ?? read.get(id) ?? '');
  }
  return texts;
}
