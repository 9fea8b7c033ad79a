/** From events to receivers, on a real store, with receivers that do as they like. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { type FakeClock, fakeClock } from '../../test/support/fake-clock.ts';
import { storeTest } from '../../test/support/stores.ts';
import { until } from '../../test/support/until.ts';
import { type NewEvent, systemCause } from '../events/event.ts';
import { day, hour, minute, second } from '../lib/clock.ts';
import { deleteWebhook } from './delete-webhook.ts';
import { startDeliveryLoop } from './delivery-loop.ts';
import { replayDeliveries } from './replay-deliveries.ts';
import { saveWebhook, type WebhookInput } from './save-webhook.ts';
import type { Webhook } from './webhook.ts';
import type { WebhookAnswer, WebhookCall } from './webhook-transport.ts';

type Stores = Parameters<Parameters<typeof storeTest>[1]>[0];

const ok: WebhookAnswer = { kind: 'answer', status: 200, retryAfter: null };
const broken: WebhookAnswer = { kind: 'answer', status: 500, retryAfter: null };

/** A loop whose receivers answer by `answers`, by host; what each was sent is in `got`. */
function world(stores: Stores, clock: FakeClock = fakeClock()) {
  const got: { readonly host: string; readonly id: string; readonly type: string }[] = [];
  const answers = new Map<string, (call: WebhookCall) => WebhookAnswer | Promise<WebhookAnswer>>();
  const secret = new Uint8Array(32).fill(9);
  const transport = {
    async post(call: WebhookCall) {
      const host = new URL(call.url).hostname;
      const { id, type } = JSON.parse(call.body) as { id: string; type: string };
      assert.equal(call.headers['webhook-id'], id);
      got.push({ host, id, type });
      return (answers.get(host) ?? (() => ok))(call);
    },
    refusal: async (url: string) => (new URL(url).hostname.startsWith('private') ? 'address-refused' : null),
  };
  const ports = { ...stores, clock, secret, transport };
  const errors: unknown[] = [];
  const loop = startDeliveryLoop(
    { ...ports, handingOut: ports, sending: { ...ports, dice: () => 0.5 } },
    { onSent: () => {}, onError: (error) => errors.push(error) },
  );
  return {
    clock,
    got,
    answers,
    loop,
    ports,
    errors,
    /** What this host got since the last time it was asked. */
    taken(host: string) {
      const own = got.filter((each) => each.host === host).map(({ id }) => id);
      for (let at = got.length - 1; at >= 0; at--) if (got[at]?.host === host) got.splice(at, 1);
      return own;
    },
    /** A turn, and what comes of it. */
    async turn(of?: Webhook) {
      clock.advance(second);
      await loop.turn();
      await loop.quiet(of?.id);
      assert.deepEqual(errors, []);
    },
    add: async (host: string, given: Partial<WebhookInput> = {}) =>
      (
        await saveWebhook(ports, {
          name: host,
          url: `https://${host}/hook`,
          eventTypes: ['device.*'],
          enabled: true,
          ...given,
          id: null,
          version: null,
          secret: null,
          cause: systemCause,
        })
      ).webhook,
    async happen(...types: NewEvent['type'][]) {
      await stores.transact(() =>
        stores.events.append(types.map((type) => ({ type, cause: systemCause, subjects: [], data: {} }))),
      );
      const { items } = await stores.events.list({ subject: null, types: null }, { limit: types.length, cursor: null });
      return items.map(({ id }) => id as string).reverse();
    },
    counts: ({ id }: Webhook) => stores.deliveries.count(id),
    [Symbol.asyncDispose]: () => loop[Symbol.asyncDispose](),
  };
}

suite('webhooks', () => {
  storeTest('are told of the events that they want, from their beginning on, once', async (stores) => {
    await using w = world(stores);
    await w.happen('device.joined');
    const all = await w.add('all.example', { eventTypes: ['*'] });
    await w.add('some.example');
    await w.add('off.example', { enabled: false });
    const [joined, retired] = await w.happen('device.joined', 'device.retired');
    await w.happen('filter.saved');
    await w.turn();
    assert.deepEqual(w.taken('some.example').sort(), [joined, retired]);
    assert.deepEqual(w.taken('off.example'), []);
    assert.equal(w.taken('all.example').length, 6, 'those three, and that three webhooks were saved');
    await w.turn();
    assert.deepEqual(w.got, []);
    assert.deepEqual(await w.counts(all), { waiting: 0, delivered: 6, dead: 0 });
  });

  storeTest('one that fails gets what it missed, with the same ids, when it works again', async (stores) => {
    await using w = world(stores);
    const webhook = await w.add('a.example');
    w.answers.set('a.example', () => broken);
    const events = await w.happen('device.joined', 'device.retired');
    await w.turn();
    assert.deepEqual(w.taken('a.example').sort(), events);
    await w.turn();
    assert.deepEqual(w.taken('a.example'), [], 'left alone');
    w.answers.set('a.example', () => ok);
    w.clock.advance(minute);
    const [later] = await w.happen('device.joined');
    await w.turn();
    await w.turn();
    assert.deepEqual(w.taken('a.example').sort(), [...events, later]);
    assert.deepEqual(await w.counts(webhook), { waiting: 0, delivered: 3, dead: 0 });
    assert.equal((await stores.webhooks.condition(webhook.id)).failures, 0);
  });

  storeTest('one that never answers holds up nobody', async (stores) => {
    await using w = world(stores);
    await w.add('slow.example');
    const quick = await w.add('quick.example');
    const gate = Promise.withResolvers<WebhookAnswer>();
    // Before the loop is waited for, whatever is found.
    using _ = { [Symbol.dispose]: () => gate.resolve(ok) };
    w.answers.set('slow.example', () => gate.promise);
    for (let i = 0; i < 5; i++) {
      const [event] = await w.happen('device.joined');
      await w.turn(quick);
      assert.deepEqual(w.taken('quick.example'), [event]);
      // It is sent what there is when its turn begins: the first event alone.
      await until('the slow one to be called', () => w.got.some(({ host }) => host === 'slow.example') || undefined);
    }
    assert.equal(w.taken('slow.example').length, 1, 'nothing more is sent while it says nothing');
  });

  storeTest('a message that nobody takes is dead in the end, and can be replayed', async (stores) => {
    await using w = world(stores);
    const webhook = await w.add('a.example');
    const [poison, good] = await w.happen('device.joined', 'device.retired');
    w.answers.set('a.example', (call) =>
      call.headers['webhook-id'] === poison ? { kind: 'answer', status: 422, retryAfter: null } : ok,
    );
    for (let i = 0; i < 12; i++) {
      await w.turn();
      w.clock.advance(13 * hour);
    }
    const got = w.taken('a.example');
    assert.equal(got.filter((id) => id === good).length, 1);
    assert.equal(got.filter((id) => id === poison).length, 10);
    const { items } = await stores.deliveries.list(
      { webhookId: webhook.id, state: 'dead' },
      { limit: 9, cursor: null },
    );
    assert.deepEqual(
      items.map(({ messageId, lastStatus, lastProblem }) => [messageId, lastStatus, lastProblem]),
      [[poison, 422, 'http-422']],
    );
    w.answers.clear();
    const replayed = await replayDeliveries(w.ports, { webhookId: webhook.id, which: 'dead', cause: systemCause });
    assert.equal(replayed, 1);
    await w.turn();
    assert.deepEqual(w.taken('a.example'), [poison]);
    assert.deepEqual(await w.counts(webhook), { waiting: 0, delivered: 2, dead: 0 });
  });

  storeTest('one that wants no more is disabled, and told of nothing that happens meanwhile', async (stores) => {
    await using w = world(stores);
    const webhook = await w.add('a.example');
    await w.happen('device.joined');
    w.answers.set('a.example', () => ({ kind: 'answer', status: 410, retryAfter: null }));
    await w.turn();
    assert.equal((await stores.webhooks.get(webhook.id))?.enabled, false);
    const { items } = await stores.events.list(
      { subject: { kind: 'webhook', id: webhook.id }, types: ['webhook.disabled'] },
      { limit: 1, cursor: null },
    );
    assert.deepEqual(items[0]?.data, { name: 'a.example', reason: 'gone' });
    await w.happen('device.joined');
    await w.turn();
    w.clock.advance(second);
    w.answers.clear();
    w.taken('a.example');
    const { name, url, eventTypes } = webhook;
    const again = { name, url, eventTypes, enabled: true, version: null, secret: null, cause: systemCause };
    await saveWebhook(w.ports, { id: webhook.id, ...again });
    w.clock.advance(minute);
    const [event] = await w.happen('device.joined');
    await w.turn();
    assert.deepEqual(w.taken('a.example'), [event]);
  });

  storeTest(
    'an address where nothing would be sent is refused when it is given, and kept where it is',
    async (stores) => {
      await using w = world(stores);
      await assert.rejects(w.add('private.example'), { code: 'webhook-address-refused' });
      const { id, name, eventTypes } = await w.add('a.example');
      const change = { id, name, eventTypes, enabled: true, version: null, secret: null, cause: systemCause };
      await assert.rejects(saveWebhook(w.ports, { ...change, url: 'https://private.example/' }), {
        code: 'webhook-address-refused',
      });
      const known = await stores.webhooks.get(id);
      assert.ok(known !== null);
      // It came to be private later on: whoever wants to turn it off can.
      await stores.transact(() => stores.webhooks.save({ ...known, url: 'https://private.example/', version: 2 }));
      const { webhook } = await saveWebhook(w.ports, { ...change, url: 'https://private.example/', enabled: false });
      assert.deepEqual([webhook.enabled, webhook.url], [false, 'https://private.example/']);
      await assert.rejects(w.add('b.example', { name: 'two\nlines' }), { code: 'webhook-name-invalid' });
    },
  );

  storeTest('one that is deleted is told no more', async (stores) => {
    await using w = world(stores);
    const { id } = await w.add('a.example');
    await w.happen('device.joined');
    await deleteWebhook(w.ports, { id, cause: systemCause });
    await w.turn();
    assert.deepEqual(w.got, []);
  });

  storeTest('two nodes that hand out at once make one delivery of an event', async (stores) => {
    const clock = fakeClock();
    await using a = world(stores, clock);
    await using b = world(stores, clock);
    await a.add('a.example');
    const events = await a.happen(...Array.from({ length: 300 }, () => 'device.joined' as const));
    await Promise.all([a.loop.turn(), b.loop.turn()]);
    const [webhook] = await stores.webhooks.all();
    assert.ok(webhook !== undefined);
    await until('all to be delivered', async () => (await a.counts(webhook)).delivered === 300 || undefined);
    const ids = new Set([...a.taken('a.example'), ...b.taken('a.example')]);
    assert.deepEqual([...ids].sort(), events);
  });

  storeTest('what is old is buried, then forgotten', async (stores) => {
    await using w = world(stores);
    const webhook = await w.add('a.example');
    w.answers.set('a.example', () => broken);
    await w.happen('device.joined');
    await w.turn();
    w.clock.advance(4 * day);
    await w.loop.clear();
    assert.deepEqual(await w.counts(webhook), { waiting: 0, delivered: 0, dead: 1 });
    w.clock.advance(31 * day);
    await w.loop.clear();
    assert.deepEqual(await w.counts(webhook), { waiting: 0, delivered: 0, dead: 0 });
  });
});
