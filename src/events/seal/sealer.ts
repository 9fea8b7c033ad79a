/**
 * Says which events to look through when, so that each is sealed within a second or so, and the latest to commit too, without
 * looking at all of them all the time: the last moments every time, the last hour every few minutes, everything once a day.
 */
import { type Clock, day, hour, minute } from '../../lib/clock.ts';
import { idAt, timeOfId } from '../../lib/ids.ts';
import type { SealHead } from './seal-block.ts';
import type { SealChain } from './seal-chain.ts';
import type { Sealed } from './seal-events.ts';

export type SealerDeps = {
  readonly seal: (after: string) => Promise<Sealed>;
  readonly chain: Pick<SealChain, 'lastSealedId'>;
  readonly clock: Clock;
  /**
   * Milliseconds by which an event may be sealed later than one with a greater id, as a rule: transactions of several nodes
   * that run beside each other, clocks that differ. 0 where there is one writer.
   */
  readonly lateness: number;
  /** The chain has grown. Not told of what only the announcements themselves have added. */
  readonly onSealed: (sealed: Sealed) => Promise<void>;
};

/** How often the head is announced as an event, for webhooks; the log has every one. */
export const announcedEvery = 10 * minute;

export type Sealer = {
  /** One round; to be called every second by whoever holds the lease. */
  round(): Promise<Sealed>;
};

export function createSealer({ seal, chain, clock, lateness, onSealed }: SealerDeps): Sealer {
  let hourAt: number | null = null;
  // Not while a server starts: it has other things to do.
  let dayAt = clock.monotonic() - day + 10 * minute;

  /** Above which id to look now. */
  async function from(): Promise<string> {
    const last = await chain.lastSealedId();
    if (last === null) return '';
    const elapsed = clock.monotonic();
    if (elapsed - dayAt >= day) {
      dayAt = elapsed;
      return '';
    }
    const now = clock.now();
    if (hourAt === null || elapsed - hourAt >= 5 * minute) {
      hourAt = elapsed;
      return idAt(Math.min(now, timeOfId(last)) - hour);
    }
    // A last one from the future, by a clock that was wrong, must not hide what is written now.
    return idAt(Math.min(now, timeOfId(last)) - lateness);
  }

  return {
    async round() {
      const sealed = await seal(await from());
      if (sealed.events > 0) await onSealed(sealed);
      return sealed;
    },
  };
}

/** Whether to announce a head as an event: now and then, and not because of the last announcement. */
export function announcements(clock: Pick<Clock, 'monotonic'>): (sealed: Sealed) => boolean {
  let at: number | null = null;
  let since = 0;
  return ({ events }) => {
    since += events;
    const now = clock.monotonic();
    if (since <= (at === null ? 0 : 1) || (at !== null && now - at < announcedEvery)) return false;
    at = now;
    since = 0;
    return true;
  };
}

/** What the log and a webhook say. */
export function announcement({ head, events }: { readonly head: SealHead; readonly events: number }) {
  return { block: head.number, head: `${head.number}:${head.mac}`, events };
}
