import type { FeedPosition } from '../events/event-feed.ts';

/** How far events have been handed out to subscriptions; one place for all of them. */
export type Outbox = {
  position(): Promise<FeedPosition | null>;
  /** Inside a transaction: whoever calls it too waits until that ends. */
  lock(): Promise<void>;
  /** From here on, whatever was before. */
  restart(position: FeedPosition): Promise<void>;
  /** False, with nothing written, when it is not at `from` any more. */
  advance(from: FeedPosition, to: FeedPosition): Promise<boolean>;
};
