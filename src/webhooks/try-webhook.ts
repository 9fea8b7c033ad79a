import { type Clock, second } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { judgeAnswer } from './judge-attempt.ts';
import { testBody } from './message-body.ts';
import { expectWebhook } from './save-webhook.ts';
import { signMessage } from './sign-message.ts';
import type { WebhookId } from './webhook.ts';
import { openWebhookSecrets } from './webhook-secret.ts';
import type { WebhookStore } from './webhook-store.ts';
import type { WebhookTransport } from './webhook-transport.ts';

export type WebhookTrial = {
  readonly messageId: string;
  readonly delivered: boolean;
  readonly status: number | null;
  readonly problem: string | null;
  readonly milliseconds: number;
};

/** How long a receiver has for its answer. */
export const attemptTime = 10 * second;

/** Sends a message of type `webhook.test` now, once, be the webhook enabled or not. Nothing is stored. Failure `webhook-not-found`. */
export async function tryWebhook(
  deps: {
    readonly clock: Clock;
    readonly node: string;
    readonly webhooks: Pick<WebhookStore, 'get'>;
    readonly transport: WebhookTransport;
    readonly secret: Uint8Array;
  },
  { id }: { readonly id: WebhookId },
): Promise<WebhookTrial> {
  const { clock, node, transport } = deps;
  const { url, secrets } = await expectWebhook(deps.webhooks, id, null);
  const now = clock.now();
  const messageId = newId(clock);
  const body = testBody(messageId, now, node);
  const headers = signMessage({ id: messageId, body }, openWebhookSecrets(deps.secret, secrets, now), now);
  const began = clock.monotonic();
  const answer = await transport.post({ url, headers, body, signal: AbortSignal.timeout(attemptTime) });
  const { kind, status, problem } = judgeAnswer(answer);
  const milliseconds = Math.round(clock.monotonic() - began);
  return { messageId, delivered: kind === 'delivered', status, problem, milliseconds };
}
