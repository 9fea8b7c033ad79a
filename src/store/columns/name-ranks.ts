/** The order of things by their names, as they are now: for sorting certificates by what they belong to. */
import { seesEverything, viewerNow } from '../../access/viewing.ts';
import { second } from '../../lib/clock.ts';
import { folded } from '../folded.ts';
import type { Sql, SqlRow } from '../sql.ts';
import type { Numbers } from './block.ts';
import { wordsOfId } from './id-words.ts';

export type NameRanks = {
  /** Folded, each once, ascending. */
  readonly names: readonly string[];
  /** By number; infinite: it is there no more, or is none. */
  readonly ranks: Float64Array;
};

export type Named = 'device' | 'user' | 'profile';

/** So long may names be out of date. */
const patience = 10 * second;
const mostKept = 12;

const sources: Readonly<Record<Named, { readonly numbers: keyof Numbers; readonly text: string }>> = {
  device: {
    numbers: 'devices',
    text: 'SELECT id, device_name_folded AS name FROM device ORDER BY device_name_folded, id',
  },
  user: {
    numbers: 'users',
    text: 'SELECT id, user_principal_name_folded AS name FROM directory_user ORDER BY user_principal_name_folded',
  },
  // Deleted ones have the name that they had last.
  profile: {
    numbers: 'profiles',
    text: `SELECT id, name FROM profile
      UNION ALL SELECT v.id, v.name FROM profile_version v
      WHERE v.id NOT IN (SELECT id FROM profile)
        AND v.version = (SELECT MAX(l.version) FROM profile_version l WHERE l.id = v.id)`,
  },
};

export type RanksNow = (
  named: Named,
  numbers: Numbers,
  /** Null: as they are at this moment. */
  now: number | null,
  of?: 'what is seen' | 'everything',
) => Promise<NameRanks>;

/** `sql` shows what the viewer may see, `all` everything. */
export function nameRanks(sql: Sql, all: Sql): RanksNow {
  const known = new Map<string, { readonly at: number; readonly of: Numbers; readonly ranks: NameRanks }>();
  return async (named, numbers, now, of = 'what is seen') => {
    const viewer = viewerNow();
    const isAll = of === 'everything' || seesEverything(viewer);
    const key = `${named} ${isAll ? '' : JSON.stringify(viewer)}`;
    const before = known.get(key);
    if (now !== null && before?.of === numbers && Math.abs(now - before.at) < patience) return before.ranks;
    const ranks = await read(isAll ? all : sql, named, numbers);
    if (now === null) return ranks;
    known.delete(key);
    known.set(key, { at: now, of: numbers, ranks });
    // Several people look at lists at once, hardly ever many.
    for (const oldest of known.keys()) if (known.size > mostKept) known.delete(oldest);
    return ranks;
  };
}

async function read(sql: Sql, named: Named, numbers: Numbers): Promise<NameRanks> {
  const { text, numbers: kind } = sources[named];
  const rows = await sql.all<SqlRow & { id: string; name: string }>(text);
  if (named === 'profile') for (const row of rows) row.name = folded(row.name);
  // PostgreSQL compares beyond the basic plane in another way.
  rows.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const ranks = new Float64Array(numbers[kind].size + 1).fill(Number.POSITIVE_INFINITY);
  const names: string[] = [];
  for (const { id, name } of rows) {
    if (names.at(-1) !== name) names.push(name);
    const number = numbers[kind].find(wordsOfId(id), 0);
    if (number !== 0) ranks[number] = names.length - 1;
  }
  return { names, ranks };
}

/** Where a name is, or would be: between two ranks. */
export function rankOf({ names }: NameRanks, name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] as string) < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? low : low - 0.5;
}
