import type { Cause, NewEvent } from '../events/event.ts';
import type { EventFeed } from '../events/event-feed.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import { isOneLine } from '../lib/one-line.ts';
import type { Transact } from '../lib/transact.ts';
import type { Outbox } from './outbox.ts';
import {
  originOf,
  parseEventTypes,
  parseWebhookUrl,
  refuseAddress,
  type SealedSecret,
  type Webhook,
  type WebhookId,
} from './webhook.ts';
import { newWebhookSecret, sealWebhookSecret } from './webhook-secret.ts';
import type { WebhookStore } from './webhook-store.ts';
import type { WebhookTransport } from './webhook-transport.ts';

export type SaveWebhookDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly events: Pick<EventLog, 'append'>;
  readonly webhooks: Pick<WebhookStore, 'get' | 'findByName' | 'all' | 'save'>;
  readonly outbox: Pick<Outbox, 'lock' | 'restart'>;
  readonly feed: Pick<EventFeed, 'now'>;
  readonly transport: Pick<WebhookTransport, 'refusal'>;
  /** The installation's, which seals. */
  readonly secret: Uint8Array;
};

export type WebhookInput = {
  readonly name: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
};

/** Each of them costs something whenever anything happens. */
const most = 50;

/**
 * Makes a subscription (`id` null), with the receiver's secret or a new one, or changes one. It is told of what happens from
 * when it was enabled. Failures: `webhook-not-found`, `webhook-version` (If-Match), `webhook-name-taken`,
 * `webhook-name-invalid`, `webhook-address-refused`, `webhooks-too-many`, and those of the parsers.
 */
export async function saveWebhook(
  deps: SaveWebhookDeps,
  input: WebhookInput & {
    readonly id: WebhookId | null;
    readonly version: number | null;
    /** Of a new one: null to have it made. */
    readonly secret: string | null;
    readonly cause: Cause;
  },
): Promise<{ readonly webhook: Webhook; readonly secret: string | null }> {
  const { webhooks, clock } = deps;
  const name = input.name.trim();
  if (name === '') throw new Failure('invalid', 'webhook-name-missing', 'A webhook needs a name.');
  if (!isOneLine(name))
    throw new Failure(
      'invalid',
      'webhook-name-invalid',
      'The name of a webhook is one line, without control characters.',
    );
  const url = parseWebhookUrl(input.url);
  await refuseUnreachable(deps, input.id, url);
  const eventTypes = parseEventTypes(input.eventTypes);
  const made = input.id === null ? (input.secret ?? newWebhookSecret()) : null;
  const sealed: readonly SealedSecret[] = made === null ? [] : [sealWebhookSecret(deps.secret, clock, made)];
  return deps.transact(async () => {
    await deps.outbox.lock();
    const known = input.id === null ? null : await expectWebhook(webhooks, input.id, input.version);
    const all = await webhooks.all();
    if (known === null && all.length >= most)
      throw new Failure('invalid', 'webhooks-too-many', `There are ${most} webhooks already. Delete one.`, { most });
    const namesake = await webhooks.findByName(name);
    if (namesake !== null && namesake.id !== known?.id)
      throw new Failure('conflict', 'webhook-name-taken', `Another webhook is named “${namesake.name}”.`, { name });
    const now = clock.now();
    const webhook: Webhook = {
      id: known?.id ?? newId<WebhookId>(clock),
      name,
      url,
      eventTypes,
      enabled: input.enabled,
      since: known?.enabled ? known.since : now,
      secrets: known?.secrets ?? sealed,
      version: (known?.version ?? 0) + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
    };
    if (!(await webhooks.save(webhook))) throw versionFailure(webhook.version - 1, null);
    // While nobody listened nothing was handed out.
    if (webhook.enabled && !all.some(({ enabled }) => enabled)) await deps.outbox.restart(await deps.feed.now());
    await deps.events.append([savedEvent(webhook, input.cause)]);
    return { webhook, secret: input.secret === null ? made : null };
  });
}

function savedEvent(webhook: Webhook, cause: Cause): NewEvent {
  const { id, name, eventTypes, enabled, version } = webhook;
  return {
    type: 'webhook.saved',
    cause,
    subjects: [{ kind: 'webhook', id }],
    data: { name, origin: originOf(webhook), eventTypes, enabled, version },
  };
}

/** An address that is kept may be refused by now, and the webhook be disabled or renamed all the same. */
async function refuseUnreachable(
  { webhooks, transport }: Pick<SaveWebhookDeps, 'webhooks' | 'transport'>,
  id: WebhookId | null,
  url: string,
): Promise<void> {
  if (id !== null && (await webhooks.get(id))?.url === url) return;
  const trouble = await transport.refusal(url);
  if (trouble !== null) throw refuseAddress(url, trouble);
}

/** The webhook, when it is there and of the version that was edited. */
export async function expectWebhook(
  webhooks: Pick<WebhookStore, 'get'>,
  id: WebhookId,
  version: number | null,
): Promise<Webhook> {
  const known = await webhooks.get(id);
  if (known === null) throw new Failure('not-found', 'webhook-not-found', 'There is no such webhook.', { webhook: id });
  if (version !== null && version !== known.version) throw versionFailure(version, known.version);
  return known;
}

export function versionFailure(expected: number, found: number | null): Failure {
  const message = 'Somebody else has changed the webhook meanwhile: read it again and repeat the change.';
  return new Failure('precondition', 'webhook-version', message, { expected, found });
}
