import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeliveryId } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { expectWebhook } from './save-webhook.ts';
import { unknownCondition, type WebhookId } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

/**
 * Sends again, with the same ids: the deliveries named, whatever became of them, or all dead ones. A receiver that was left
 * alone is tried at once. Answers how many. Failures `webhook-not-found`, `delivery-not-found`: then none is sent again.
 */
export async function replayDeliveries(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly webhooks: Pick<WebhookStore, 'get' | 'condition' | 'setCondition'>;
    readonly deliveries: Pick<DeliveryStore, 'replay'>;
  },
  input: {
    readonly webhookId: WebhookId;
    readonly which: readonly DeliveryId[] | 'dead';
    readonly cause: Cause;
  },
): Promise<number> {
  const { webhookId, which, cause } = input;
  return deps.transact(async () => {
    const { name } = await expectWebhook(deps.webhooks, webhookId, null);
    const replayed = await deps.deliveries.replay(webhookId, which, deps.clock.now());
    if (which !== 'dead' && replayed < new Set(which).size)
      throw new Failure(
        'not-found',
        'delivery-not-found',
        'Not all of these are deliveries of this webhook: none is sent again.',
      );
    if (replayed === 0) return 0;
    const { lastSuccessAt } = await deps.webhooks.condition(webhookId);
    await deps.webhooks.setCondition(webhookId, { ...unknownCondition, lastSuccessAt });
    await deps.events.append([
      {
        type: 'webhook.replayed',
        cause,
        subjects: [{ kind: 'webhook', id: webhookId }],
        data: { name, deliveries: replayed, which: which === 'dead' ? 'dead' : 'named' },
      },
    ]);
    return replayed;
  });
}
