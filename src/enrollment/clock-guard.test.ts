import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minute } from '../lib/clock.ts';
import { clockGuard } from './clock-guard.ts';

function fake(now: number, lastEvent: number | null) {
  const state = { now, turn: 0, reads: 0, lastEvent };
  const guard = clockGuard(
    { now: () => state.now, monotonic: () => state.turn },
    {
      lastTime: async () => {
        state.reads += 1;
        return state.lastEvent;
      },
    },
  );
  return { state, guard };
}

test('no events, no complaint', async () => {
  assert.equal(await fake(1000, null).guard.behind(), null);
});

test('five minutes before the last event are tolerated, more are not', async () => {
  assert.equal(await fake(0, 5 * minute).guard.behind(), null);
  assert.equal(await fake(0, 5 * minute + 1).guard.behind(), 5 * minute + 1);
});

test('the store is not asked for every call', async () => {
  const { state, guard } = fake(1000, 900);
  for (let i = 0; i < 100; i++) await guard.behind();
  assert.equal(state.reads, 1);
  state.turn += minute;
  await guard.behind();
  assert.equal(state.reads, 2);
});

test('a clock set back under way is noticed, and so is one that was mended', async () => {
  const { state, guard } = fake(100 * minute, 99 * minute);
  assert.equal(await guard.behind(), null);
  state.lastEvent = 100 * minute;
  state.now = 90 * minute;
  assert.equal(await guard.behind(), 10 * minute);
  state.now = 101 * minute;
  assert.equal(await guard.behind(), null);
});
