import type { FactSource } from './user.ts';

/**
 * What somebody says about a thing, put over what is known of it. Something said replaces what was known, whoever said
 * that; null takes back: from a file only what an import said before (an empty cell is no statement about facts of other
 * origin), from an administrator anything. Absent keys are left alone. Facts that are said again keep their source.
 */
export function mergeFacts<Facts extends object>(
  known: Facts & { readonly sources: Readonly<Partial<Record<keyof Facts, FactSource>>> },
  said: Partial<Facts>,
  source: FactSource,
  /** What stands for "unknown" where that is not null. */
  unknown: Partial<Facts> = {},
): { readonly facts: Partial<Facts>; readonly sources: typeof known.sources; readonly changed: (keyof Facts)[] } {
  const facts: Partial<Facts> = {};
  const sources: Partial<Record<keyof Facts, FactSource>> = { ...known.sources };
  const changed: (keyof Facts)[] = [];
  for (const name of Object.keys(said) as (keyof Facts)[]) {
    const value = said[name];
    if (value === undefined) continue;
    const takesBack = value === null;
    if (takesBack && source === 'csv' && known.sources[name] !== 'csv') continue;
    const next = takesBack && name in unknown ? unknown[name] : value;
    if (known[name] === next) continue;
    facts[name] = next as Facts[typeof name];
    if (takesBack) delete sources[name];
    else sources[name] = source;
    changed.push(name);
  }
  return { facts, sources, changed };
}
