/** Subscriptions, their deliveries and the outbox, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { anId, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Delivery, DeliveryId } from '../webhooks/delivery.ts';
import type { Webhook, WebhookId } from '../webhooks/webhook.ts';
import type { Store } from './store.ts';

const first = { limit: 10, cursor: null };

function aWebhook(given: Partial<Webhook> = {}): Webhook {
  return {
    id: anId<WebhookId>(),
    name: 'Ticket system',
    url: 'https://hooks.example.org/a?b',
    eventTypes: ['certificate.*'],
    enabled: true,
    since: recordTime,
    secrets: [{ id: 's', sealed: 'AAAA', until: null }],
    version: 1,
    createdAt: recordTime,
    updatedAt: recordTime,
    ...given,
  };
}

function aDelivery(webhookId: WebhookId, given: Partial<Delivery> = {}): Delivery {
  return {
    id: anId<DeliveryId>(),
    webhookId,
    messageId: anId<string>(),
    type: 'certificate.issued',
    body: '{"a":"ä"}',
    state: 'waiting',
    attempts: 0,
    nextAttemptAt: recordTime,
    lastStatus: null,
    lastProblem: null,
    createdAt: recordTime,
    finishedAt: null,
    ...given,
  };
}

async function stored(stores: Store, ...deliveries: Delivery[]): Promise<void> {
  await stores.transact(() => stores.deliveries.insert(deliveries));
}

suite('webhooks', () => {
  storeTest('come back as they were saved, and go with their deliveries', async (stores) => {
    const webhook = aWebhook();
    const other = aWebhook({ name: 'Another', version: 1 });
    const save = (value: Webhook) => stores.transact(() => stores.webhooks.save(value));
    assert.deepEqual([await save(webhook), await save(webhook), await save(other)], [true, false, true]);
    assert.deepEqual(await stores.webhooks.get(webhook.id), webhook);
    assert.deepEqual(await stores.webhooks.findByName('TICKET system'), webhook);
    assert.deepEqual(await stores.webhooks.all(), [other, webhook]);
    assert.equal(await save({ ...webhook, version: 3 }), false);
    assert.equal(await save({ ...webhook, enabled: false, version: 2 }), true);
    assert.deepEqual(await stores.webhooks.condition(webhook.id), {
      failures: 0,
      failingSince: null,
      pausedUntil: null,
      lastSuccessAt: null,
    });
    const condition = { failures: 2, failingSince: 1, pausedUntil: 2, lastSuccessAt: 3 };
    await stores.transact(() => stores.webhooks.setCondition(webhook.id, condition));
    await stores.transact(() => stores.webhooks.setCondition(webhook.id, { ...condition, failures: 3 }));
    assert.deepEqual(await stores.webhooks.condition(webhook.id), { ...condition, failures: 3 });
    await stored(stores, aDelivery(webhook.id), aDelivery(other.id));
    await stores.transact(() => stores.webhooks.remove(webhook.id));
    assert.equal(await stores.webhooks.get(webhook.id), null);
    assert.equal((await stores.deliveries.count(webhook.id)).waiting, 0);
    assert.equal((await stores.deliveries.count(other.id)).waiting, 1);
  });
});

suite('deliveries', () => {
  storeTest('are due in their order, once for a message, and only while they wait', async (stores) => {
    const { id } = aWebhook();
    const later = aDelivery(id, { nextAttemptAt: recordTime + 5 });
    const sooner = aDelivery(id, { nextAttemptAt: recordTime - 5 });
    const future = aDelivery(id, { nextAttemptAt: recordTime + 1000 });
    await stored(stores, later, sooner, future, aDelivery(anId<WebhookId>()));
    await stored(stores, aDelivery(id, { messageId: sooner.messageId }));
    assert.deepEqual(await stores.deliveries.due(id, recordTime + 5, 10), [sooner, later]);
    assert.deepEqual(await stores.deliveries.due(id, recordTime + 5, 1), [sooner]);
    const change = {
      id: sooner.id,
      state: 'delivered' as const,
      attempts: 1,
      nextAttemptAt: recordTime,
      lastStatus: 204,
      lastProblem: null,
      finishedAt: recordTime + 6,
    };
    await stores.transact(() => stores.deliveries.progress([change]));
    await stores.transact(() => stores.deliveries.progress([{ ...change, state: 'dead' }]));
    assert.deepEqual((await stores.deliveries.list({ webhookId: id, state: 'delivered' }, first)).items, [
      { ...sooner, ...change },
    ]);
    assert.deepEqual(await stores.deliveries.count(id), { waiting: 2, delivered: 1, dead: 0 });
    const { items, next } = await stores.deliveries.list({ webhookId: id, state: null }, { limit: 2, cursor: null });
    assert.deepEqual(
      items.map((each) => each.id),
      [future.id, sooner.id],
    );
    assert.deepEqual((await stores.deliveries.list({ webhookId: id, state: null }, { limit: 2, cursor: next })).items, [
      later,
    ]);
  });

  storeTest('wait again when they are replayed', async (stores) => {
    const { id } = aWebhook();
    const ended = { attempts: 9, finishedAt: recordTime, lastProblem: 'http-500' };
    const dead = aDelivery(id, { ...ended, state: 'dead' });
    const delivered = aDelivery(id, { ...ended, state: 'delivered' });
    const elsewhere = aDelivery(anId<WebhookId>(), { ...ended, state: 'dead' });
    await stored(stores, dead, delivered, elsewhere);
    const replay = (which: readonly DeliveryId[] | 'dead') =>
      stores.transact(() => stores.deliveries.replay(id, which, recordTime + 9));
    assert.equal(await replay('dead'), 1);
    assert.equal(await replay('dead'), 0);
    assert.equal(await replay([elsewhere.id]), 0);
    assert.equal(await replay([delivered.id]), 1);
    const due = await stores.deliveries.due(id, recordTime + 9, 10);
    assert.deepEqual(
      due.map(({ messageId, attempts, finishedAt, body }) => ({ messageId, attempts, finishedAt, body })),
      [dead, delivered].map(({ messageId, body }) => ({ messageId, attempts: 0, finishedAt: null, body })),
    );
  });

  storeTest('are buried and forgotten in time', async (stores) => {
    const webhook = aWebhook();
    await stores.transact(() => stores.webhooks.save(webhook));
    const { id } = webhook;
    const at = (createdAt: number, finishedAt: number | null, state: Delivery['state']) =>
      aDelivery(id, { createdAt: recordTime + createdAt, finishedAt: finishedAt && recordTime + finishedAt, state });
    const old = at(0, null, 'waiting');
    const rows = [old, at(50, null, 'waiting'), at(0, 20, 'delivered'), at(0, 40, 'delivered'), at(0, 5, 'dead')];
    await stored(stores, ...rows, at(0, 20, 'dead'));
    const times = {
      deadBefore: recordTime + 10,
      forgetDeliveredBefore: recordTime + 30,
      forgetDeadBefore: recordTime + 10,
      now: recordTime + 100,
    };
    const clear = () => stores.transact(() => stores.deliveries.clear(times, 100));
    assert.equal(await clear(), 3);
    assert.equal(await clear(), 0);
    assert.deepEqual(await stores.deliveries.count(id), { waiting: 1, delivered: 1, dead: 2 });
    const { items } = await stores.deliveries.list({ webhookId: id, state: 'dead' }, first);
    const buried = items.find((each) => each.id === old.id);
    assert.deepEqual([buried?.lastProblem, buried?.finishedAt], ['too-old', recordTime + 100]);
  });
});

suite('the outbox', () => {
  storeTest('moves on from where it is, and from nowhere else', async (stores) => {
    assert.equal(await stores.outbox.position(), null);
    await stores.transact(async () => {
      await stores.outbox.lock();
      await stores.outbox.restart('a');
    });
    assert.equal(await stores.outbox.position(), 'a');
    const advance = (from: string, to: string) => stores.transact(() => stores.outbox.advance(from, to));
    assert.deepEqual([await advance('a', 'b'), await advance('a', 'c')], [true, false]);
    assert.equal(await stores.outbox.position(), 'b');
  });
});
