import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signingRoom } from './signing-room.ts';

const bytes = new Uint8Array(1);

/** Asks until there is no room; gives back how many there was room for, and what ends them. */
function fill(room: ReturnType<typeof signingRoom>, client: string) {
  const gate = Promise.withResolvers<Uint8Array>();
  const taken: Promise<Uint8Array>[] = [];
  const end = () => {
    gate.resolve(bytes);
    return Promise.all(taken);
  };
  for (;;) {
    const signature = room.sign(client, () => gate.promise);
    if (signature === null) return { count: taken.length, end };
    taken.push(signature);
  }
}

test('whoever comes alone has half, and those who come then half of what is left', () => {
  const room = signingRoom(256);
  assert.equal(fill(room, 'a').count, 128);
  assert.equal(fill(room, 'b').count, 64);
  assert.equal(fill(room, 'c').count, 32);
  assert.equal(
    room.sign('a', async () => bytes),
    null,
    'more than its share by now',
  );
});

test('nobody has more than all, however many come', () => {
  const room = signingRoom(8);
  let all = 0;
  for (let client = 0; client < 100; client++) all += fill(room, String(client)).count;
  assert.equal(all, 8);
});

test('what was signed, or failed, makes room', async () => {
  const room = signingRoom(8);
  const first = fill(room, 'a');
  assert.equal(first.count, 4);
  await first.end();
  await assert.rejects(room.sign('a', () => Promise.reject(new Error('no key'))) ?? Promise.resolve(), /no key/);
  assert.equal(fill(room, 'a').count, 4);
});
