import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import { expectWebhook, versionFailure } from './save-webhook.ts';
import type { Webhook, WebhookId } from './webhook.ts';
import { newWebhookSecret, sealWebhookSecret } from './webhook-secret.ts';
import type { WebhookStore } from './webhook-store.ts';

/**
 * From now on messages are signed with a new secret, and for `keepFor` ms with the one before as well, so that its receiver
 * can change over without losing one. Failures `webhook-not-found`, `webhook-secret`.
 */
export async function rotateWebhookSecret(
  deps: {
    readonly transact: Transact;
    readonly clock: Clock;
    readonly events: Pick<EventLog, 'append'>;
    readonly webhooks: Pick<WebhookStore, 'get' | 'save'>;
    readonly secret: Uint8Array;
  },
  input: {
    readonly id: WebhookId;
    /** Null: to be made. */
    readonly secret: string | null;
    readonly keepFor: number;
    readonly cause: Cause;
  },
): Promise<{ readonly webhook: Webhook; readonly secret: string | null }> {
  const made = input.secret ?? newWebhookSecret();
  const sealed = sealWebhookSecret(deps.secret, deps.clock, made);
  return deps.transact(async () => {
    const known = await expectWebhook(deps.webhooks, input.id, null);
    const now = deps.clock.now();
    const [current] = known.secrets;
    const until = now + input.keepFor;
    const kept = current === undefined || input.keepFor === 0 ? [] : [{ ...current, until }];
    const webhook = { ...known, secrets: [sealed, ...kept], version: known.version + 1, updatedAt: now };
    if (!(await deps.webhooks.save(webhook))) throw versionFailure(known.version, null);
    await deps.events.append([
      {
        type: 'webhook.secret-rotated',
        cause: input.cause,
        subjects: [{ kind: 'webhook', id: known.id }],
        data: { name: known.name, previousUntil: kept.length === 0 ? null : until },
      },
    ]);
    return { webhook, secret: input.secret === null ? made : null };
  });
}
