/** Pseudo-random, the same for the same seed on every machine. */
export type RandomSource = {
  /** 0 ≤ x < 1 */
  next(): number;
  /** 0 ≤ n < `below`, whole. */
  whole(below: number): number;
  chance(share: number): boolean;
  one<T>(items: readonly T[]): T;
  /** Lower-case hex digits. */
  hex(digits: number): string;
  uuid(): string;
};

export function seeded(seed: number): RandomSource {
  let state = seed >>> 0;
  // mulberry32
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (below: number) => Math.floor(next() * below);
  const hex = (digits: number) => Array.from({ length: digits }, () => whole(16).toString(16)).join('');
  return {
    next,
    whole,
    chance: (share) => next() < share,
    one: <T>(items: readonly T[]) => items[whole(items.length)] as T,
    hex,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`,
  };
}
