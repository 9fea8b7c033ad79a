/** Which certificates may be what is asked for, block by block, and whether a search is known to match them. */

import { textsPerPart } from '../search/build-segment.ts';
import { intersect, noOrdinals, type Ordinals, unite } from '../search/postings.ts';
import { bucketsOf, hasText, hasThumbprint, ordinalsWanted, type SearchTerm, type Wanted } from '../search/wanted.ts';
import { type SearchableCertificate, searchableOf } from '../searchable-certificates.ts';
import { contentsAt, postingPosition, textPosition } from '../segment-contents.ts';
import type { Sql } from '../sql.ts';
import { type Block, has, idAt } from './block.ts';
import { type BlockFilter, matchBlock } from './match-block.ts';

export type Place = { readonly block: Block; readonly ordinal: number };

/** A sort key as cursors carry it; its last text is the id. */
export type Key = readonly string[];

/** `sure`: the search is known to match it; else its row has to say. */
export type Candidate = { readonly key: Key; readonly sure: boolean };

/** A part of a walk: what may be meant of those that were looked at, in order, and the last of these. */
export type Portion = { readonly candidates: readonly Candidate[]; readonly looked: number; readonly last: Key | null };

/** How many are looked at at once: few at first, as that is often enough. */
export const portions = { least: 64, most: 1024 };

export type Sought = {
  readonly blocks: readonly Block[];
  readonly filter: BlockFilter;
  /** Only these are meant; null: all. */
  readonly only: ReadonlyMap<Block, Ordinals> | null;
  readonly term: SearchTerm | null;
  /** Tokens of the term. */
  readonly wanted: Wanted;
  /** Who has them, of blocks that were asked already. */
  readonly having: WeakMap<Block, Having>;
  /** The search matches those, whatever their texts say. */
  readonly named: (block: Block) => Ordinals | null;
};

/** `thumbprint`: those alone may have the thumbprint that is looked for; null: nobody has, or none is. */
export type Having = { readonly any: Ordinals; readonly thumbprint: Ordinals | null };

/** Of these blocks, those that may be meant: what the index has is asked where a search is. */
export async function candidatesIn(sql: Sql, sought: Sought, blocks: readonly Block[]): Promise<readonly Ordinals[]> {
  const sets = blocks.map((block) => {
    const only = sought.only?.get(block);
    const set = sought.only !== null && only === undefined ? noOrdinals() : matchBlock(block, sought.filter);
    if (only !== undefined) intersect(set, only);
    return set;
  });
  const { wanted, term, having } = sought;
  if (term === null) return sets;
  const buckets = bucketsOf(wanted);
  const asked = blocks.filter(
    (block, at) => block.segment !== null && !having.has(block) && isAny(sets[at] as Ordinals),
  );
  const positions = asked.flatMap(({ segment }) => buckets.map((bucket) => postingPosition(segment ?? 0, bucket)));
  const rows = await contentsAt<Uint8Array>(sql, 'certificate_posting', positions);
  for (const [at, block] of blocks.entries()) {
    const set = sets[at] as Ordinals;
    const { segment } = block;
    if (segment === null || !isAny(set)) continue;
    let found = having.get(block);
    if (found === undefined) {
      const rowOf = (bucket: number) => rows.get(postingPosition(segment, bucket)) ?? null;
      const any = ordinalsWanted(wanted, rowOf);
      found = { any, thumbprint: term.thumbprint === null ? null : ordinalsWanted(wanted.slice(-1), rowOf) };
      having.set(block, found);
    }
    const named = sought.named(block);
    const all = named === null ? found.any : found.any.slice();
    if (named !== null) unite(all, named);
    intersect(set, all);
  }
  return sets;
}

/** Those of the places that the search matches, or may match, by their texts; in the same order. */
export async function portionOf<At extends Place>(
  sql: Sql,
  sought: Sought,
  places: readonly At[],
  keyOf: (place: At) => Key,
): Promise<Portion> {
  const end = places.at(-1);
  const last = end === undefined ? null : keyOf(end);
  const { term } = sought;
  if (term === null)
    return { candidates: places.map((place) => ({ key: keyOf(place), sure: true })), looked: places.length, last };
  const isNamed = ({ block, ordinal }: Place) => {
    const named = sought.named(block);
    return named !== null && has(named, ordinal);
  };
  const others = places.filter((place) => !isNamed(place));
  const indexed = await inIndex(sql, sought, term, others);
  const direct = await directly(sql, term, others);
  const candidates = places.flatMap((place) => {
    const sure = isNamed(place) || direct.has(place) || indexed.get(place);
    return sure === undefined ? [] : [{ key: keyOf(place), sure }];
  });
  return { candidates, looked: places.length, last };
}

/** By the texts that segments keep; false: it may have the thumbprint that is looked for. */
async function inIndex(
  sql: Sql,
  { having }: Pick<Sought, 'having'>,
  term: SearchTerm,
  places: readonly Place[],
): Promise<ReadonlyMap<Place, boolean>> {
  const found = new Map<Place, boolean>();
  const byPart = new Map<number, Place[]>();
  for (const place of places) {
    const { block, ordinal } = place;
    if (block.segment === null) continue;
    const prints = having.get(block)?.thumbprint ?? null;
    if (prints !== null && has(prints, ordinal)) found.set(place, false);
    const position = textPosition(block.segment, Math.floor(ordinal / textsPerPart));
    const some = byPart.get(position);
    if (some === undefined) byPart.set(position, [place]);
    else some.push(place);
  }
  if (byPart.size === 0) return found;
  const mayHave = asStored(term);
  for (const [position, content] of await contentsAt<string>(sql, 'certificate_text', [...byPart.keys()])) {
    if (!mayHave(content)) continue;
    const lines = JSON.parse(content) as readonly (readonly [id: string, text: string])[];
    for (const place of byPart.get(position) ?? []) {
      const line = lines[place.ordinal % textsPerPart];
      if (line !== undefined && hasText(term, line[1])) found.set(place, true);
    }
  }
  return found;
}

/** Whether JSON may hold it: reading what does not would take most of a search's time. */
function asStored({ texts }: SearchTerm): (json: string) => boolean {
  // Half a pair is written in another way than the whole.
  if (!texts.every((text) => text.isWellFormed())) return () => true;
  const written = texts.map((text) => JSON.stringify(text).slice(1, -1));
  return (json) => written.some((text) => json.includes(text));
}

/** Those that the index does not have. */
async function directly(sql: Sql, term: SearchTerm, places: readonly Place[]): Promise<ReadonlySet<Place>> {
  const found = new Set<Place>();
  const unread: Place[] = [];
  const isMeant = (one: SearchableCertificate) => hasText(term, one.text) || hasThumbprint(term, one);
  for (const place of places) {
    const known = place.block.searchable?.[place.ordinal];
    if (known !== undefined && isMeant(known)) found.add(place);
    else if (known === undefined && place.block.segment === null) unread.push(place);
  }
  if (unread.length === 0) return found;
  const ids = unread.map(({ block, ordinal }) => idAt(block, ordinal));
  const meant = new Set((await searchableOf(sql, ids)).filter(isMeant).map(({ id }) => id));
  for (const [at, place] of unread.entries()) if (meant.has(ids[at] ?? '')) found.add(place);
  return found;
}

export function isAny(set: Ordinals): boolean {
  for (const word of set) if (word !== 0) return true;
  return false;
}

export function countOf(set: Ordinals): number {
  let count = 0;
  for (const word of set) for (let rest = word; rest !== 0; rest &= rest - 1) count++;
  return count;
}
