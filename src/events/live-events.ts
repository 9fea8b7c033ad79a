/**
 * Events as they are committed, for who watches: one look at the feed every second while anybody does, for all that stand at
 * the same place together. Whoever falls behind further than a look reaches is told to begin anew instead.
 */
import { second } from '../lib/clock.ts';
import type { Event } from './event.ts';
import type { EventFeed, FeedPosition } from './event-feed.ts';

export type Follower = {
  /** What came, and the position behind it. */
  readonly onEvents: (events: readonly Event[], position: FeedPosition) => void;
  /** More has happened than is told: what was read may be old. The position is the present one. */
  readonly onReset: (position: FeedPosition) => void;
  /** The server stops. */
  readonly onEnd: () => void;
};

export type LiveEvents = Disposable & {
  /**
   * From a position that was told before, or from now on. Answers how to stop; null when as many as may be follow already.
   */
  follow(from: FeedPosition | null, follower: Follower): Promise<(() => void) | null>;
};

/** `setTimeout`, for tests to replace: runs `work` after `delay` ms, unless the function it returns is called before. */
export type Schedule = (delay: number, work: () => void) => () => void;

export type LiveEventsOptions = {
  readonly feed: EventFeed;
  /** ms between looks. */
  readonly interval?: number;
  /** Events that one look reads at most. */
  readonly reach?: number;
  /** Who may follow at a time. */
  readonly most?: number;
  readonly schedule?: Schedule;
  /** A look that failed; the next one is taken all the same. */
  readonly onError: (error: unknown) => void;
};

type Following = Follower & { position: FeedPosition };

export function liveEvents(options: LiveEventsOptions): LiveEvents {
  const { feed, interval = second, reach = 200, most = 200, schedule = systemSchedule, onError } = options;
  const followers = new Set<Following>();
  let cancel: (() => void) | null = null;
  let coming = 0;
  let ended = false;

  async function look(): Promise<void> {
    const places = Map.groupBy(followers, ({ position }) => position);
    for (const [place, there] of places) {
      const { events, position } = await feed.after(place, reach);
      if (events.length === reach) await reset(there);
      else if (events.length > 0) for (const follower of there) tell(follower, events, position);
    }
  }

  async function reset(there: readonly Following[]): Promise<void> {
    const now = await feed.now();
    for (const follower of there) {
      follower.position = now;
      if (followers.has(follower)) follower.onReset(now);
    }
  }

  function tell(follower: Following, events: readonly Event[], position: FeedPosition): void {
    follower.position = position;
    if (followers.has(follower)) follower.onEvents(events, position);
  }

  function keepLooking(): void {
    cancel = schedule(interval, () => {
      void look()
        .catch(onError)
        .then(() => {
          cancel = null;
          if (followers.size > 0 && !ended) keepLooking();
        });
    });
  }

  return {
    async follow(from, follower) {
      if (ended || followers.size + coming >= most) return null;
      coming += 1;
      const now = await feed.now().finally(() => {
        coming -= 1;
      });
      const known = from !== null && isSameKind(from, now);
      const following: Following = { ...follower, position: known ? from : now };
      followers.add(following);
      if (from !== null && !known) follower.onReset(now);
      if (cancel === null && !ended) keepLooking();
      return () => followers.delete(following);
    },
    [Symbol.dispose]() {
      ended = true;
      cancel?.();
      for (const { onEnd } of followers) onEnd();
      followers.clear();
    },
  };
}

/** A position comes back from outside: of another store, or made up, it is none. */
function isSameKind(position: FeedPosition, now: FeedPosition): boolean {
  return /^(?:\d{1,15}:)?[0-9a-f-]{0,36}$/.test(position) && position.includes(':') === now.includes(':');
}

const systemSchedule: Schedule = (delay, work) => {
  const timer = setTimeout(work, delay);
  timer.unref();
  return () => clearTimeout(timer);
};
