/** From events to deliveries: what was committed since the last time, for each subscription that wants it, all or nothing. */
import type { Event } from '../events/event.ts';
import type { EventFeed } from '../events/event-feed.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Delivery, DeliveryId } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { messageBody } from './message-body.ts';
import type { Outbox } from './outbox.ts';
import { type Webhook, wantsEvent } from './webhook.ts';

export type HandOutDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly feed: Pick<EventFeed, 'after'>;
  readonly outbox: Pick<Outbox, 'position' | 'lock' | 'advance'>;
  readonly deliveries: Pick<DeliveryStore, 'insert'>;
};

/**
 * Answers how many events were looked at; fewer than `limit`: there are no more for now. The events are read under the lock that
 * the deliveries are written under: who writes events anew, and takes the lock then, finds every delivery of what they said.
 */
export async function handOutEvents(
  deps: HandOutDeps,
  { webhooks, limit }: { readonly webhooks: readonly Webhook[]; readonly limit: number },
): Promise<number> {
  const { feed, outbox } = deps;
  // Mostly there is nothing, and nobody is kept waiting for that.
  const seen = await outbox.position();
  if (seen === null || (await feed.after(seen, 1)).events.length === 0) return 0;
  return deps.transact(async () => {
    await outbox.lock();
    const from = (await outbox.position()) ?? seen;
    const { events, position } = await feed.after(from, limit);
    if (events.length === 0) return 0;
    const made = events.flatMap((event) =>
      webhooks
        .filter((webhook) => webhook.enabled && event.at >= webhook.since && wantsEvent(webhook, event.type))
        .map((webhook) => deliveryOf(deps.clock, webhook, event)),
    );
    if (await outbox.advance(from, position)) await deps.deliveries.insert(made);
    return events.length;
  });
}

function deliveryOf(clock: Clock, { id: webhookId }: Webhook, event: Event): Delivery {
  const now = clock.now();
  return {
    id: newId<DeliveryId>(clock),
    webhookId,
    messageId: event.id,
    type: event.type,
    body: messageBody(event),
    state: 'waiting',
    attempts: 0,
    nextAttemptAt: now,
    lastStatus: null,
    lastProblem: null,
    createdAt: now,
    finishedAt: null,
  };
}
