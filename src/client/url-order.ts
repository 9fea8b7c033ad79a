import type { PlatformFamily } from '../formats/agent/platform-family.ts';

/** Which address of a list the calls of one attempt go to. */
export type UrlOrder = {
  /** Null: the attempt is over. */
  readonly current: string | null;
  /** `current` has answered: Android, Windows and Linux stay with it now. */
  answered(): void;
  /** `current` cannot be reached: moves on where the platform does, ends the attempt where it does not. */
  unreachable(): void;
};

/**
 * How platforms treat a list of SCEP server URLs (seed, "SCEP Server URLs"). Android and Linux shuffle it, Windows keeps
 * its order, Apple knows one address. Before the first answer the next address is tried; after it a failure ends the
 * attempt. The next attempt begins with a new order. `roam`, an option of our own agent, goes on to the next address at
 * any time: it suits servers of which any node answers any call.
 */
export function urlOrder(
  urls: readonly string[],
  options: {
    readonly family: PlatformFamily;
    readonly roam: boolean;
    readonly shuffle: (urls: readonly string[]) => readonly string[];
  },
): UrlOrder {
  const { family } = options;
  const order = family === 'apple' ? urls.slice(0, 1) : family === 'windows' ? [...urls] : options.shuffle(urls);
  let at = 0;
  let stays = false;
  return {
    get current() {
      return order[at] ?? null;
    },
    answered() {
      stays = !options.roam;
    },
    unreachable() {
      at = stays ? order.length : at + 1;
    },
  };
}
