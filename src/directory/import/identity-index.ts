import type { identityKeys } from '../device-identity.ts';

type Keys = ReturnType<typeof identityKeys>;

/** Finds things that are the same device, quickly also when thousands share a name. */
export type IdentityIndex<T> = {
  add(keys: Keys, value: T): void;
  /** Those that agree on the strongest fact that both know; two at most, enough to see that it is not one. */
  find(keys: Keys): readonly T[];
};

export function newIdentityIndex<T>(): IdentityIndex<T> {
  // By key, then by which facts are known: a key decides only where no stronger fact is known on both sides.
  const byKey = new Map<string, Map<number, T[]>>();
  return {
    add(keys, value) {
      const known = knownFacts(keys);
      for (const key of keys) {
        if (key === null) continue;
        const byKnown = byKey.get(key) ?? new Map<number, T[]>();
        byKey.set(key, byKnown);
        const values = byKnown.get(known);
        if (values === undefined) byKnown.set(known, [value]);
        else if (values.length < 2) values.push(value);
      }
    },
    find(keys) {
      const known = knownFacts(keys);
      const found = new Set<T>();
      for (const [level, key] of keys.entries()) {
        if (key === null) continue;
        const stronger = (1 << level) - 1;
        for (const [others, values] of byKey.get(key) ?? []) {
          if ((others & known & stronger) === 0) for (const value of values) found.add(value);
        }
      }
      return [...found].slice(0, 2);
    },
  };
}

/** A bit for each level that has a key. */
function knownFacts(keys: Keys): number {
  return keys.reduce((bits, key, level) => (key === null ? bits : bits | (1 << level)), 0);
}
