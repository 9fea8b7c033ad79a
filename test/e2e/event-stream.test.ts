import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skipUnless } from '../support/requires.ts';
import { startWorld, type World } from '../support/world.ts';

type Stream = AsyncDisposable & {
  /** The next message that is none of the heartbeat. */
  next(): Promise<{ readonly id: string; readonly event: string; readonly data: string }>;
  readonly ended: Promise<void>;
};

async function follow(world: World, lastEventId?: string): Promise<Stream> {
  const gone = new AbortController();
  const response = await fetch(`${world.url}/api/v1/events/stream`, {
    headers: {
      authorization: `Bearer ${world.adminToken}`,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: gone.signal,
  });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/event-stream');
  const blocks: string[] = [];
  let wake = () => {};
  const ended = (async () => {
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      // The server seals by itself, sooner or later.
      blocks.push(...parts.filter((part) => /^event:/m.test(part) && !part.includes('audit.sealed')));
      wake();
    }
  })().catch(() => {});
  return {
    ended,
    async next() {
      for (;;) {
        const block = blocks.shift();
        if (block !== undefined) {
          const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
          return { id: field('id'), event: field('event'), data: field('data') };
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    async [Symbol.asyncDispose]() {
      gone.abort();
      await ended;
    },
  };
}

async function addUser(world: World, name: string): Promise<void> {
  const response = await fetch(`${world.url}/api/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ userPrincipalName: `${name}@alderfinch.example` }),
  });
  assert.equal(response.status, 201, await response.text());
}

for (const store of ['sqlite', 'postgres'] as const) {
  const skip = store === 'postgres' && skipUnless('postgres');

  test(`what happens is told by its type alone, and goes on where the connection broke (${store})`, {
    skip,
  }, async () => {
    await using world = await startWorld({ authority: false, cryptoThreads: 0, store });
    let place: string;
    {
      await using stream = await follow(world);
      await addUser(world, 'one');
      const { id, event, data } = await stream.next();
      assert.equal(event, 'event');
      assert.deepEqual(JSON.parse(data), { type: 'directory.changed' });
      place = id;
    }
    await addUser(world, 'two');
    await using again = await follow(world, place);
    const { data, id } = await again.next();
    assert.deepEqual(JSON.parse(data), { type: 'directory.changed' });
    assert.notEqual(id, place);
  });
}

test('a stream ends when the server stops, and does not hold it up', async () => {
  const world = await startWorld({ authority: false, cryptoThreads: 0, grace: 7000 });
  const stream = await follow(world);
  const began = performance.now();
  await world[Symbol.asyncDispose]();
  await stream.ended;
  assert.ok(performance.now() - began < 5000, `${performance.now() - began} ms`);
});

test('nobody follows without the permission', async () => {
  await using world = await startWorld({ authority: false, cryptoThreads: 0 });
  const url = `${world.url}/api/v1/events/stream`;
  assert.equal((await fetch(url)).status, 401);
  const created = await fetch(`${world.url}/api/v1/tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'narrow', permissions: ['profiles.read'], expiresAt: null }),
  });
  const { secret } = (await created.json()) as { secret: string };
  assert.equal((await fetch(url, { headers: { authorization: `Bearer ${secret}` } })).status, 403);
});

test('a position that somebody made up is told to begin anew', async () => {
  await using world = await startWorld({ authority: false, cryptoThreads: 0 });
  await using stream = await follow(world, "1:x'; DROP TABLE event; --");
  assert.equal((await stream.next()).event, 'reset');
});
