/** Some deliveries of one subscription at once, and what follows from them. */
import { systemCause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Delivery } from './delivery.ts';
import type { DeliveryStore } from './delivery-store.ts';
import { type Attempt, conditionAfter, judgeAnswer, progressOf } from './judge-attempt.ts';
import { signMessage } from './sign-message.ts';
import { attemptTime } from './try-webhook.ts';
import type { Webhook, WebhookId } from './webhook.ts';
import { openWebhookSecrets } from './webhook-secret.ts';
import type { WebhookStore } from './webhook-store.ts';
import type { WebhookTransport } from './webhook-transport.ts';

export type SendDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
  readonly webhooks: Pick<WebhookStore, 'get' | 'save' | 'condition' | 'setCondition'>;
  readonly deliveries: Pick<DeliveryStore, 'due' | 'progress'>;
  readonly transport: WebhookTransport;
  readonly secret: Uint8Array;
  /** In [0, 1). */
  readonly dice: () => number;
};

export type Sent = {
  readonly webhook: Webhook;
  readonly attempts: readonly Attempt[];
  /** In a row, the receiver's, before and after. */
  readonly failures: readonly [before: number, after: number];
};

/** At once to one receiver; one that failed last gets one until it answers again. */
const atOnce = 8;

/** Null: there is nothing to send now. `stop` ends attempts that are under way, which then count for nothing. */
export async function sendDeliveries(
  deps: SendDeps,
  { webhookId, stop }: { readonly webhookId: WebhookId; readonly stop: AbortSignal },
): Promise<Sent | null> {
  const { clock, webhooks, deliveries } = deps;
  const webhook = await webhooks.get(webhookId);
  if (webhook === null || !webhook.enabled) return null;
  const before = await webhooks.condition(webhookId);
  const now = clock.now();
  if (before.pausedUntil !== null && before.pausedUntil > now) return null;
  const due = await deliveries.due(webhookId, now, before.failures > 0 ? 1 : atOnce);
  if (due.length === 0) return null;
  const keys = openWebhookSecrets(deps.secret, webhook.secrets, now);
  const outcomes = await Promise.all(due.map((delivery) => attempt(deps, { webhook, delivery, keys, stop })));
  const finished = outcomes.filter((outcome) => outcome !== null);
  if (finished.length === 0) return null;
  const attempts = finished.map((outcome) => outcome.attempt);
  const after = conditionAfter(before, attempts, clock.now(), deps.dice());
  const gone = attempts.some(({ kind }) => kind === 'gone');
  await deps.transact(async () => {
    await deliveries.progress(
      finished.map((outcome) => progressOf(outcome.delivery, outcome.attempt, clock.now(), deps.dice())),
    );
    // One that is well, and was, need not be told of again with every batch.
    if (after.failures > 0 || before.failures > 0 || after.pausedUntil !== before.pausedUntil || isOld(before, after))
      await webhooks.setCondition(webhookId, after);
    if (gone) await disable(deps, webhook);
  });
  return { webhook, attempts, failures: [before.failures, after.failures] };
}

/** Success is noted to the minute. */
function isOld(
  before: { readonly lastSuccessAt: number | null },
  after: { readonly lastSuccessAt: number | null },
): boolean {
  return (after.lastSuccessAt ?? 0) - (before.lastSuccessAt ?? 0) > 60_000;
}

type Order = {
  readonly webhook: Webhook;
  readonly delivery: Delivery;
  readonly keys: readonly Uint8Array[];
  readonly stop: AbortSignal;
};

async function attempt(
  { clock, transport }: SendDeps,
  { webhook, delivery, keys, stop }: Order,
): Promise<{ readonly delivery: Delivery; readonly attempt: Attempt } | null> {
  const { messageId: id, body } = delivery;
  const headers = signMessage({ id, body }, keys, clock.now());
  const signal = AbortSignal.any([stop, AbortSignal.timeout(attemptTime)]);
  const answer = await transport.post({ url: webhook.url, headers, body, signal });
  return stop.aborted && answer.kind === 'trouble' ? null : { delivery, attempt: judgeAnswer(answer) };
}

/** 410: the receiver wants no more, ever. */
async function disable({ webhooks, events, clock }: SendDeps, { id }: Webhook): Promise<void> {
  const known = await webhooks.get(id);
  if (known === null || !known.enabled) return;
  const { name, version } = known;
  if (!(await webhooks.save({ ...known, enabled: false, version: version + 1, updatedAt: clock.now() }))) return;
  await events.append([
    {
      type: 'webhook.disabled',
      cause: systemCause,
      subjects: [{ kind: 'webhook', id }],
      data: { name, reason: 'gone' },
    },
  ]);
}
