import { type Ordinals, segmentSize } from '../search/postings.ts';
import type { Sql } from '../sql.ts';
import { type Block, idAt } from './block.ts';
import { candidatesIn, type Portion, portionOf, portions, type Sought } from './candidates.ts';
import { placeOf } from './certificate-blocks.ts';
import { countBefore, wordsOfId } from './id-words.ts';

/** What a certificate is sorted by; infinite: nothing, and it comes last. */
export type KeyOf = (block: Block, ordinal: number) => number;

const blocksAtOnce = 64;

/** In the order of a number, then of their ids, from behind these; what has none comes last either way. */
export async function* walkByNumber(
  sql: Sql,
  sought: Sought,
  asked: {
    readonly keyOf: KeyOf;
    /** The key as cursors carry it. */
    readonly textOf: (block: Block, ordinal: number) => string;
    readonly after: { readonly key: number; readonly id: string } | null;
    readonly descending: boolean;
  },
): AsyncGenerator<Portion> {
  const { blocks } = sought;
  const { keyOf, textOf, after, descending } = asked;
  const sets: Ordinals[] = [];
  for (let from = 0; from < blocks.length; from += blocksAtOnce)
    sets.push(...(await candidatesIn(sql, sought, blocks.slice(from, from + blocksAtOnce))));
  const rank = (key: number) => (descending && Number.isFinite(key) ? -key : key);
  let behind: Step = { key: Number.NEGATIVE_INFINITY, tie: Number.NEGATIVE_INFINITY };
  if (after !== null) behind = { key: rank(after.key), tie: tieAt(blocks, after.id, descending) };
  for (let count = portions.least; ; count = Math.min(count * 4, portions.most)) {
    const next = nextOf(blocks, sets, (block, at) => rank(keyOf(block, at)), descending, behind, count);
    const places = next.map(({ tie }) => {
      const code = Math.abs(tie);
      return { block: blocks[Math.floor(code / segmentSize)] as Block, ordinal: code % segmentSize };
    });
    yield await portionOf(sql, sought, places, ({ block, ordinal }) => [textOf(block, ordinal), idAt(block, ordinal)]);
    const last = next.at(-1);
    if (next.length < count || last === undefined) return;
    behind = last;
  }
}

/** `tie` decides among equal keys: the place in the order of ids, below zero when that is walked backwards. */
type Step = { readonly key: number; readonly tie: number };

/** Where the id is, or would be: between two. */
function tieAt(blocks: readonly Block[], id: string, descending: boolean): number {
  const code = codeAt(blocks, wordsOfId(id));
  return descending ? -code : code;
}

function codeAt(blocks: readonly Block[], id: Uint32Array): number {
  const place = placeOf(blocks, id, 0);
  if (place !== null) return place.number * segmentSize + place.ordinal;
  let code = 0;
  for (const [at, { ids, size }] of blocks.entries()) {
    const before = countBefore(ids, size, id, 0);
    if (before === 0) break;
    code = at * segmentSize + before;
  }
  return code - 0.5;
}

/** The first so many behind a step: looks at each once, and keeps no more than four times as many. */
function nextOf(
  blocks: readonly Block[],
  sets: readonly Ordinals[],
  keyOf: KeyOf,
  descending: boolean,
  behind: Step,
  count: number,
): readonly Step[] {
  let kept: Step[] = [];
  let [mostKey, mostTie] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const cut = () => {
    kept.sort((a, b) => (a.key === b.key ? a.tie - b.tie : a.key < b.key ? -1 : 1));
    kept = kept.slice(0, count);
    const last = kept.at(-1);
    if (kept.length === count && last !== undefined) [mostKey, mostTie] = [last.key, last.tie];
  };
  // What sorts first often comes first in this direction.
  for (let step = 0; step < blocks.length; step++) {
    const at = descending ? blocks.length - 1 - step : step;
    const [block, set] = [blocks[at] as Block, sets[at] as Ordinals];
    for (let word = 0; word * 32 < block.size; word++)
      for (let rest = set[word] as number; rest !== 0; rest &= rest - 1) {
        const ordinal = word * 32 + 31 - Math.clz32(rest & -rest);
        const key = keyOf(block, ordinal);
        if (key > mostKey || key < behind.key) continue;
        const code = at * segmentSize + ordinal;
        const tie = descending ? -code : code;
        if (key === behind.key && tie <= behind.tie) continue;
        if (key === mostKey && tie > mostTie) continue;
        kept.push({ key, tie });
        if (kept.length >= count * 4) cut();
      }
  }
  cut();
  return kept;
}
