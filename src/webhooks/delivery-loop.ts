/**
 * Whoever holds the lease calls `turn` every second. Each receiver has a lane of its own, which nobody waits for: one that is
 * slow or dead holds up itself alone. What was under way when a server died is sent again, with the same id.
 */
import { type Clock, day, second } from '../lib/clock.ts';
import { nextTask } from '../lib/next-task.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { type HandOutDeps, handOutEvents } from './hand-out-events.ts';
import { type SendDeps, type Sent, sendDeliveries } from './send-deliveries.ts';
import type { WebhookId } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

export type DeliveryLoop = AsyncDisposable & {
  turn(): Promise<void>;
  /** Resolves when nothing is being sent to this one, or to any. */
  quiet(webhookId?: WebhookId): Promise<void>;
  /** Buries what is too old to be news, forgets what is over. */
  clear(): Promise<void>;
};

export type DeliveryLoopDeps = {
  readonly handingOut: HandOutDeps;
  readonly sending: SendDeps;
  readonly webhooks: Pick<WebhookStore, 'all'>;
  readonly deliveries: Pick<DeliveryStore, 'clear'>;
  readonly clock: Clock;
};

export type DeliveryLoopOptions = {
  readonly onSent: (sent: Sent) => void;
  readonly onError: (error: unknown) => void;
};

/** Events of one transaction. */
const pageSize = 250;
/** Without a turn for this long the lease may be another's. */
const grantedFor = 10 * second;
/** ms that attempts under way have when the server stops. */
const grace = 2 * second;

/** How long a delivery is tried, however seldom its receiver was asked. */
export const deadAfter = 3 * day;
export const forgetDeliveredAfter = 3 * day;
export const forgetDeadAfter = 30 * day;
/** Rows of one transaction. */
const clearedAtOnce = 1000;

export function startDeliveryLoop(deps: DeliveryLoopDeps, { onSent, onError }: DeliveryLoopOptions): DeliveryLoop {
  const { clock } = deps;
  const stop = new AbortController();
  const lanes = new Map<WebhookId, Promise<void>>();
  let stopping = false;
  let grantedUntil = 0;

  async function lane(webhookId: WebhookId): Promise<void> {
    while (!stopping && clock.monotonic() < grantedUntil) {
      const sent = await sendDeliveries(deps.sending, { webhookId, stop: stop.signal });
      if (sent === null) return;
      onSent(sent);
      if (sent.failures[1] > 0) return;
      await nextTask();
    }
  }

  return {
    async turn() {
      if (stopping) return;
      grantedUntil = clock.monotonic() + grantedFor;
      const webhooks = (await deps.webhooks.all()).filter(({ enabled }) => enabled);
      if (webhooks.length === 0) return;
      while (!stopping && (await handOutEvents(deps.handingOut, { webhooks, limit: pageSize })) === pageSize) {
        grantedUntil = clock.monotonic() + grantedFor;
        await nextTask();
      }
      for (const { id } of webhooks) {
        if (lanes.has(id) || stopping) continue;
        const running = lane(id)
          .catch(onError)
          .finally(() => lanes.delete(id));
        lanes.set(id, running);
      }
    },
    quiet: async (webhookId) => {
      await (webhookId === undefined ? Promise.all(lanes.values()) : lanes.get(webhookId));
    },
    async clear() {
      const now = clock.now();
      const times = {
        now,
        deadBefore: now - deadAfter,
        forgetDeliveredBefore: now - forgetDeliveredAfter,
        forgetDeadBefore: now - forgetDeadAfter,
      };
      const { transact } = deps.sending;
      while (!stopping && (await transact(() => deps.deliveries.clear(times, clearedAtOnce))) > 0) await nextTask();
    },
    async [Symbol.asyncDispose]() {
      stopping = true;
      const cut = setTimeout(() => stop.abort(), grace);
      await Promise.all(lanes.values());
      clearTimeout(cut);
    },
  };
}
