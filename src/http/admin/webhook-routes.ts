/** `/api/v1/webhooks`: who is told of events, and what has become of what was to be told. */
import { z } from 'zod';
import { eventTypes } from '../../events/event.ts';
import type { Bound } from '../../lib/bound.ts';
import { hour } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import type { deleteWebhook } from '../../webhooks/delete-webhook.ts';
import { type DeliveryId, deliveryStates } from '../../webhooks/delivery.ts';
import type { DeliveryStore } from '../../webhooks/delivery-store.ts';
import type { replayDeliveries } from '../../webhooks/replay-deliveries.ts';
import type { rotateWebhookSecret } from '../../webhooks/rotate-webhook-secret.ts';
import type { saveWebhook } from '../../webhooks/save-webhook.ts';
import type { tryWebhook } from '../../webhooks/try-webhook.ts';
import type { Webhook } from '../../webhooks/webhook.ts';
import type { WebhookStore } from '../../webhooks/webhook-store.ts';
import { causeOf, demand } from '../caller.ts';
import type { AdminScope } from './admin-scope.ts';
import { documented } from './documented.ts';
import { findNamed, nameParam } from './find-named.ts';
import { sendVersion, versionFromIfMatch } from './if-match.ts';
import { list, time } from './list-schema.ts';
import { ownName } from './own-name.ts';
import { pageOf, pageQuery, pageSchema } from './page-schema.ts';
import { type Once, postOnce } from './post-once.ts';
import type { ProbeLimit } from './probe-limit.ts';

export type WebhookUseCases = {
  readonly webhooks: Pick<WebhookStore, 'get' | 'findByName' | 'all' | 'condition'>;
  readonly deliveries: Pick<DeliveryStore, 'list' | 'count'>;
  readonly verbs: {
    readonly saveWebhook: Bound<typeof saveWebhook>;
    readonly deleteWebhook: Bound<typeof deleteWebhook>;
    readonly rotateWebhookSecret: Bound<typeof rotateWebhookSecret>;
    readonly replayDeliveries: Bound<typeof replayDeliveries>;
    readonly tryWebhook: Bound<typeof tryWebhook>;
  };
  /** On how often receivers are tried by hand. */
  readonly limit: ProbeLimit;
  readonly once: Once;
};

const count = z.number().int();
const webhookSchema = z
  .object({
    id: z.string(),
    name: z.string().describe('Unique without regard to case'),
    url: z.string(),
    eventTypes: list(z.string()),
    enabled: z.boolean(),
    since: time.describe('It is told of what happened from here on'),
    previousSecretUntil: time.nullable().describe('Until then messages carry a signature by the former secret as well'),
    version: z.number().int().describe('For If-Match'),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Webhook' });
const conditionSchema = z
  .object({
    failures: count.describe('In a row'),
    failingSince: time.nullable(),
    pausedUntil: time.nullable().describe('Nothing is sent before'),
    lastSuccessAt: time.nullable().describe('To the minute'),
  })
  .meta({ id: 'WebhookCondition' });
const shownSchema = webhookSchema
  .extend({ condition: conditionSchema, deliveries: z.object({ waiting: count, delivered: count, dead: count }) })
  .meta({ id: 'ShownWebhook' });
const deliverySchema = z
  .object({
    id: z.string(),
    webhookId: z.string(),
    messageId: z.string().describe('The event’s id, and the message’s `webhook-id`, in every attempt'),
    type: z.string(),
    state: z.enum(deliveryStates).describe('dead: given up, until it is replayed'),
    attempts: count,
    nextAttemptAt: time,
    lastStatus: count.nullable().describe('HTTP status of the last answer; null: none'),
    lastProblem: z.string().nullable().describe('Code'),
    createdAt: time,
    finishedAt: time.nullable(),
    body: z.string().describe('JSON as it is sent'),
  })
  .meta({ id: 'WebhookDelivery' });
const withSecret = z.object({
  webhook: webhookSchema,
  secret: z.string().nullable().describe('Shown this one time; null: it was given'),
});

const params = z.strictObject({ webhook: nameParam('Id or exact name') });
const content = {
  name: ownName,
  url: z.string().min(1).max(2000).describe('https; plain http only to private networks, where they are allowed'),
  eventTypes: z
    .array(z.string().min(1).max(100))
    .min(1)
    .max(eventTypes.length + 20)
    .describe('Such as `certificate.issued`, `deployment.*`, or `*`'),
  enabled: z.boolean().default(true),
};
const secret = z
  .string()
  .max(200)
  .nullable()
  .default(null)
  .describe('`whsec_` and 24 to 64 bytes in base64; null: it is made');
const tag = 'webhooks';

export function registerWebhookRoutes(scope: AdminScope, useCases: WebhookUseCases): void {
  scope.get(
    '/webhooks',
    documented(
      { permission: 'webhooks.read', tag, summary: 'List webhooks' },
      { response: { 200: z.object({ items: list(webhookSchema), next: z.null() }) } },
    ),
    async () => ({ items: (await useCases.webhooks.all()).map(view), next: null }),
  );

  scope.post(
    '/webhooks',
    documented(
      {
        permission: 'webhooks.write',
        tag,
        summary: 'Add a webhook',
        headers: ['idempotency-key'],
        detail: `${whatItReads} Not replayable: a repeat with the same Idempotency-Key answers 409.`,
      },
      { body: z.strictObject({ ...content, secret }), response: { 201: withSecret } },
    ),
    (request, reply) => {
      demand(request, 'events.read');
      return postOnce(useCases.once, request, reply, { status: 201, secret: true }, async (cause) =>
        told(await useCases.verbs.saveWebhook({ id: null, version: null, ...request.body, cause })),
      );
    },
  );

  scope.get(
    '/webhooks/:webhook',
    documented(
      { permission: 'webhooks.read', tag, summary: 'Show a webhook, how its receiver fares, and what waits for it' },
      { params, response: { 200: shownSchema } },
    ),
    async ({ params: { webhook } }, reply) => {
      const found = await findWebhook(useCases, webhook);
      sendVersion(reply, found.version);
      const condition = await useCases.webhooks.condition(found.id);
      return { ...view(found), condition, deliveries: await useCases.deliveries.count(found.id) };
    },
  );

  scope.put(
    '/webhooks/:webhook',
    documented(
      {
        permission: 'webhooks.write',
        tag,
        summary: 'Replace a webhook',
        headers: ['if-match'],
        detail: `Needs If-Match. The secret stays. ${whatItReads}`,
      },
      { params, body: z.strictObject(content), response: { 200: webhookSchema } },
    ),
    async (request, reply) => {
      demand(request, 'events.read');
      const version = versionFromIfMatch(request);
      const { id } = await findWebhook(useCases, request.params.webhook);
      const input = { id, version, ...request.body, secret: null, cause: causeOf(request) };
      const { webhook } = await useCases.verbs.saveWebhook(input);
      sendVersion(reply, webhook.version);
      return view(webhook);
    },
  );

  scope.delete(
    '/webhooks/:webhook',
    documented(
      { permission: 'webhooks.write', tag, summary: 'Delete a webhook, with what waits for it' },
      { params, response: { 204: z.undefined() } },
    ),
    async (request, reply) => {
      const { id } = await findWebhook(useCases, request.params.webhook);
      await useCases.verbs.deleteWebhook({ id, cause: causeOf(request) });
      reply.code(204);
    },
  );

  scope.post(
    '/webhooks/:webhook/test',
    documented(
      {
        permission: 'webhooks.write',
        tag,
        summary: 'Send a test message now',
        detail: 'Of type `webhook.test`, once, be the webhook enabled or not. At most ten a minute.',
      },
      {
        params,
        response: {
          200: z.object({
            messageId: z.string(),
            delivered: z.boolean(),
            status: count.nullable(),
            problem: z.string().nullable().describe('Code'),
            milliseconds: count,
          }),
        },
      },
    ),
    async (request) => {
      const { id } = await findWebhook(useCases, request.params.webhook);
      return useCases.limit.run(causeOf(request).actor.id ?? '', () => useCases.verbs.tryWebhook({ id }));
    },
  );

  scope.post(
    '/webhooks/:webhook/rotate-secret',
    documented(
      {
        permission: 'webhooks.write',
        tag,
        summary: 'Sign with another secret',
        headers: ['idempotency-key'],
        detail: 'For `keepHours` messages carry a signature by the former one as well. Not replayable.',
      },
      {
        params,
        body: z.strictObject({
          secret,
          keepHours: z.number().min(0).max(168).default(24).describe('0: the former one ends at once'),
        }),
        response: { 200: withSecret },
      },
    ),
    (request, reply) =>
      postOnce(useCases.once, request, reply, { status: 200, secret: true }, async (cause) => {
        const { id } = await findWebhook(useCases, request.params.webhook);
        const { secret, keepHours } = request.body;
        const keepFor = Math.round(keepHours * hour);
        return told(await useCases.verbs.rotateWebhookSecret({ id, secret, keepFor, cause }));
      }),
  );

  scope.get(
    '/webhooks/:webhook/deliveries',
    documented(
      {
        permission: 'webhooks.read',
        tag,
        summary: 'List deliveries, newest first',
        detail: `Delivered ones are kept for three days, dead ones for thirty. ${needsEvents}`,
      },
      {
        params,
        querystring: pageQuery.extend({ state: z.enum(deliveryStates).optional() }),
        response: { 200: pageSchema(deliverySchema) },
      },
    ),
    async (request) => {
      demand(request, 'events.read');
      const { id } = await findWebhook(useCases, request.params.webhook);
      return useCases.deliveries.list({ webhookId: id, state: request.query.state ?? null }, pageOf(request.query));
    },
  );

  scope.post(
    '/webhooks/:webhook/replay',
    documented(
      {
        permission: 'webhooks.write',
        tag,
        summary: 'Send again',
        headers: ['idempotency-key'],
        detail: 'The deliveries named, whatever became of them, or all dead ones: with the ids that they had.',
      },
      {
        params,
        body: z.strictObject({
          deliveries: z.array(z.string().min(1).max(100)).min(1).max(1000).optional().describe('Ids'),
          dead: z.literal(true).optional().describe('All dead ones'),
        }),
        response: { 200: z.object({ replayed: count }) },
      },
    ),
    (request, reply) => {
      const { deliveries, dead } = request.body;
      if ((deliveries === undefined) === (dead === undefined))
        throw new Failure('malformed', 'bad-request', 'Give either `deliveries` or `dead`.');
      const which = deliveries === undefined ? 'dead' : (deliveries as DeliveryId[]);
      return postOnce(useCases.once, request, reply, { status: 200 }, async (cause) => {
        const { id } = await findWebhook(useCases, request.params.webhook);
        return { replayed: await useCases.verbs.replayDeliveries({ webhookId: id, which, cause }) };
      });
    },
  );
}

const needsEvents = 'Needs the permission `events.read` as well.';
const whatItReads = `Whoever answers there reads what events say. ${needsEvents}`;

function findWebhook({ webhooks }: Pick<WebhookUseCases, 'webhooks'>, text: string): Promise<Webhook> {
  return findNamed<Webhook>(
    {
      noun: 'webhook',
      get: (id) => webhooks.get(id),
      findByName: async (name) => {
        const found = await webhooks.findByName(name);
        return found === null ? [] : [found];
      },
      describe: ({ id, name }) => ({ id, name, detail: '' }),
    },
    text,
  );
}

function view({ secrets, ...webhook }: Webhook) {
  return { ...webhook, previousSecretUntil: secrets[1]?.until ?? null };
}

function told({ webhook, secret }: { readonly webhook: Webhook; readonly secret: string | null }) {
  return { webhook: view(webhook), secret };
}
