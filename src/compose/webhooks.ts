import { webhookTransport } from '../http/outbound/webhook-transport.ts';
import type { Bound } from '../lib/bound.ts';
import { randomInteger } from '../lib/random.ts';
import { deleteWebhook } from '../webhooks/delete-webhook.ts';
import { startDeliveryLoop } from '../webhooks/delivery-loop.ts';
import { replayDeliveries } from '../webhooks/replay-deliveries.ts';
import { rotateWebhookSecret } from '../webhooks/rotate-webhook-secret.ts';
import { saveWebhook } from '../webhooks/save-webhook.ts';
import { tryWebhook } from '../webhooks/try-webhook.ts';
import { originOf } from '../webhooks/webhook.ts';
import type { Foundation } from './foundation.ts';

export type WebhookFeature = ReturnType<typeof composeWebhooks>;

/** Disposing waits for what is being sent, for 2 s. */
export function composeWebhooks(foundation: Foundation) {
  const { store, clock, log, config, node, secret, metrics } = foundation;
  const transport = webhookTransport({ privateAddresses: config.webhookPrivate, clock });
  const ports = { ...store, clock, secret };
  const dice = () => randomInteger(2 ** 32) / 2 ** 32;
  const loop = startDeliveryLoop(
    { ...ports, handingOut: ports, sending: { ...ports, transport, dice } },
    {
      onSent: ({ webhook, attempts, failures: [before, after] }) => {
        const { name } = webhook;
        for (const { kind, problem } of attempts)
          metrics.webhooks.add(name, kind === 'delivered' ? 'delivered' : (problem ?? kind));
        const told = { webhook: name, receiver: originOf(webhook), problem: attempts.at(-1)?.problem };
        if (before === 0 && after > 0) log.warn('a webhook’s receiver fails and will be tried again', told);
        if (before > 0 && after === 0) log.info('a webhook’s receiver works again', { webhook: name });
      },
      onError: (error) => log.error('webhooks cannot be delivered and will be tried again', error),
    },
  );
  return {
    saveWebhook: ((input) => saveWebhook({ ...ports, transport }, input)) satisfies Bound<typeof saveWebhook>,
    deleteWebhook: ((input) => deleteWebhook(ports, input)) satisfies Bound<typeof deleteWebhook>,
    rotateWebhookSecret: ((input) => rotateWebhookSecret(ports, input)) satisfies Bound<typeof rotateWebhookSecret>,
    replayDeliveries: ((input) => replayDeliveries(ports, input)) satisfies Bound<typeof replayDeliveries>,
    tryWebhook: ((input) => tryWebhook({ ...ports, node, transport }, input)) satisfies Bound<typeof tryWebhook>,
    turn: () => loop.turn(),
    clear: () => loop.clear(),
    async [Symbol.asyncDispose]() {
      await loop[Symbol.asyncDispose]();
      transport[Symbol.dispose]();
    },
  };
}
