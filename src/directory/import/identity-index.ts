import { type identityKeys, identitySpace } from '../device-identity.ts';
import type { Platform } from '../platform.ts';

type Keys = ReturnType<typeof identityKeys>;

/** Finds things that are the same device, quickly also when thousands share a name. Things are told by number. */
export type IdentityIndex = {
  add(platform: Platform, keys: Keys, thing: number): void;
  /** Those that agree on the strongest fact that both know; two at most, enough to see that it is not one. */
  find(platform: Platform, keys: Keys): readonly number[];
};

const none = -1;

/**
 * Compact, because a directory has a few keys for each of a hundred thousand devices: a chain of entries for each key, and
 * of those that know the same facts two at most.
 */
export function newIdentityIndex(): IdentityIndex {
  /** By space, then by key. */
  const spaces = new Map<string, Map<string, number>>();
  const things: number[] = [];
  const known: number[] = [];
  const older: number[] = [];
  const within = (level: number, platform: Platform) => {
    const space = identitySpace(level, platform);
    const newest = spaces.get(space) ?? new Map<string, number>();
    spaces.set(space, newest);
    return newest;
  };
  function* chain(newest: ReadonlyMap<string, number>, key: string): Generator<number> {
    for (let entry = newest.get(key) ?? none; entry !== none; entry = older[entry] ?? none) yield entry;
  }
  return {
    add(platform, keys, thing) {
      const facts = knownFacts(keys);
      for (const [level, key] of keys.entries()) {
        if (key === null) continue;
        const newest = within(level, platform);
        let alike = 0;
        for (const entry of chain(newest, key)) if (known[entry] === facts) alike++;
        if (alike >= 2) continue;
        older.push(newest.get(key) ?? none);
        newest.set(key, things.length);
        things.push(thing);
        known.push(facts);
      }
    },
    find(platform, keys) {
      const facts = knownFacts(keys);
      const found = new Set<number>();
      for (const [level, key] of keys.entries()) {
        if (key === null) continue;
        const stronger = (1 << level) - 1;
        // A key decides only where no stronger fact is known on both sides.
        for (const entry of chain(within(level, platform), key)) {
          if (((known[entry] ?? 0) & facts & stronger) === 0) found.add(things[entry] ?? none);
        }
      }
      return [...found].sort((a, b) => a - b).slice(0, 2);
    },
  };
}

/** A bit for each level that has a key. */
function knownFacts(keys: Keys): number {
  return keys.reduce((bits, key, level) => (key === null ? bits : bits | (1 << level)), 0);
}
