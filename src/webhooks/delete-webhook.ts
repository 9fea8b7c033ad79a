import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import { expectWebhook } from './save-webhook.ts';
import type { WebhookId } from './webhook.ts';
import type { WebhookStore } from './webhook-store.ts';

/** With what waits for it. Failure `webhook-not-found`. */
export async function deleteWebhook(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly webhooks: Pick<WebhookStore, 'get' | 'remove'>;
  },
  { id, cause }: { readonly id: WebhookId; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const { name } = await expectWebhook(deps.webhooks, id, null);
    await deps.webhooks.remove(id);
    await deps.events.append([{ type: 'webhook.deleted', cause, subjects: [{ kind: 'webhook', id }], data: { name } }]);
  });
}
