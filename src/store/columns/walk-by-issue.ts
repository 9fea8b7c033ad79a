import { ordinalsIn } from '../search/postings.ts';
import type { Sql } from '../sql.ts';
import { idAt } from './block.ts';
import { candidatesIn, type Place, type Portion, portionOf, portions, type Sought } from './candidates.ts';
import { compareIds, wordsOfId } from './id-words.ts';

/** Blocks that are asked for at once: few at first, as that is often enough. */
const atOnce = { least: 2, most: 64 };

/** In the order of their ids, from behind this one. */
export async function* walkByIssue(
  sql: Sql,
  sought: Sought,
  { after, descending }: { readonly after: string | null; readonly descending: boolean },
): AsyncGenerator<Portion> {
  const end = after === null ? null : wordsOfId(after);
  const isBehind = ({ block, ordinal }: Place) =>
    end === null ||
    (descending ? compareIds(block.ids, ordinal, end, 0) < 0 : compareIds(block.ids, ordinal, end, 0) > 0);
  const blocks = sought.blocks.filter(
    ({ ids, size }) =>
      end === null || (descending ? compareIds(ids, 0, end, 0) < 0 : compareIds(ids, size - 1, end, 0) > 0),
  );
  if (descending) blocks.reverse();
  let portion = portions.least;
  for (
    let from = 0, count = atOnce.least;
    from < blocks.length;
    from += count, count = Math.min(count * 4, atOnce.most)
  ) {
    const group = blocks.slice(from, from + count);
    const sets = await candidatesIn(sql, sought, group);
    for (const [at, block] of group.entries()) {
      const ordinals = ordinalsIn(sets[at] as (typeof sets)[number]);
      if (descending) ordinals.reverse();
      const places = ordinals.map((ordinal): Place => ({ block, ordinal })).filter(isBehind);
      for (let next = 0; next < places.length; next += portion, portion = portions.most)
        yield await portionOf(sql, sought, places.slice(next, next + portion), ({ block, ordinal }) => [
          idAt(block, ordinal),
        ]);
    }
  }
}
