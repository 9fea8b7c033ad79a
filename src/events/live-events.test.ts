import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Event, type EventId, systemCause } from './event.ts';
import type { EventFeed } from './event-feed.ts';
import { type LiveEventsOptions, liveEvents } from './live-events.ts';

/** A feed that counts: positions are numbers as text. */
function countingFeed() {
  const events: Event[] = [];
  let looks = 0;
  const feed: EventFeed = {
    now: async () => String(events.length),
    after: async (position, limit) => {
      looks += 1;
      const found = events.slice(Number(position), Number(position) + limit);
      return { events: found, position: String(Number(position) + found.length) };
    },
  };
  const happen = (...types: Event['type'][]) => {
    for (const type of types)
      events.push({
        id: `e${events.length}` as EventId,
        at: 0,
        node: 'n',
        type,
        cause: systemCause,
        subjects: [],
        data: {},
      });
  };
  return { feed, happen, looks: () => looks };
}

function lab(options: Partial<LiveEventsOptions> = {}) {
  const feed = countingFeed();
  let due: (() => void) | null = null;
  const errors: unknown[] = [];
  const live = liveEvents({
    feed: feed.feed,
    schedule: (_, work) => {
      due = work;
      return () => {
        due = null;
      };
    },
    onError: (error) => errors.push(error),
    ...options,
  });
  /** The next look, if one is due, until all is told. */
  const tick = async () => {
    const work = due;
    due = null;
    work?.();
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  const watch = async (from: string | null = null) => {
    const told: string[] = [];
    const stop = await live.follow(from, {
      onEvents: (events, position) => told.push(`${events.map(({ type }) => type).join(',')}@${position}`),
      onReset: (position) => told.push(`reset@${position}`),
      onEnd: () => told.push('end'),
    });
    return { told, stop };
  };
  return { ...feed, live, tick, watch, errors, idle: () => due === null };
}

test('who follows is told what is committed from then on, once and in order', async () => {
  const { happen, tick, watch } = lab();
  happen('profile.saved');
  const { told } = await watch();
  await tick();
  happen('certificate.issued', 'certificate.revoked');
  await tick();
  await tick();
  assert.deepEqual(told, ['certificate.issued,certificate.revoked@3']);
});

test('who comes back goes on where it was', async () => {
  const { happen, tick, watch } = lab();
  happen('profile.saved', 'profile.deleted', 'job.started');
  const { told } = await watch('1');
  await tick();
  assert.deepEqual(told, ['profile.deleted,job.started@3']);
});

test('one look serves all that stand at the same place', async () => {
  const { happen, tick, watch, looks } = lab();
  const watchers = await Promise.all(Array.from({ length: 20 }, () => watch()));
  happen('job.started');
  await tick();
  assert.equal(looks(), 1);
  for (const { told } of watchers) assert.deepEqual(told, ['job.started@1']);
});

test('who fell behind further than a look reaches begins anew', async () => {
  const { happen, tick, watch } = lab({ reach: 2 });
  const { told } = await watch();
  happen('job.started', 'job.paused', 'job.resumed');
  await tick();
  happen('job.finished');
  await tick();
  assert.deepEqual(told, ['reset@3', 'job.finished@4']);
});

test('a position that is none, or of another store, begins anew', async () => {
  for (const from of ['7:0190-aa', 'x; DROP TABLE event', '', '../1']) {
    const { watch } = lab();
    const { told } = await watch(from);
    assert.deepEqual(told, from === '' ? [] : ['reset@0'], from);
  }
});

test('nobody looks while nobody follows', async () => {
  const { tick, watch, looks, idle } = lab();
  const { stop } = await watch();
  await tick();
  stop?.();
  await tick();
  assert.ok(idle());
  const before = looks();
  await tick();
  assert.equal(looks(), before);
});

test('more than may follow are refused, until one leaves', async () => {
  const { live, watch } = lab({ most: 2 });
  const first = await watch();
  await watch();
  assert.equal((await watch()).stop, null);
  first.stop?.();
  assert.notEqual((await watch()).stop, null);
  live[Symbol.dispose]();
  assert.equal((await watch()).stop, null);
});

test('a look that fails is told, and the next one is taken', async () => {
  let broken = true;
  const { feed, happen, errors, tick, watch } = lab();
  const after = feed.after;
  feed.after = async (...given) => {
    if (broken) throw new Error('away');
    return after(...given);
  };
  const { told } = await watch();
  happen('job.started');
  await tick();
  assert.equal(errors.length, 1);
  broken = false;
  await tick();
  assert.deepEqual(told, ['job.started@1']);
});

test('whoever follows learns that the server stops', async () => {
  const { live, watch, idle } = lab();
  const { told } = await watch();
  live[Symbol.dispose]();
  assert.deepEqual(told, ['end']);
  assert.ok(idle());
});
