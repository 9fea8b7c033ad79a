import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTraffic } from '../lib/traffic.ts';
import { consideratePace } from './reconcile-pace.ts';

/** A clock that goes on by so many ms each time that it is read. */
function passingClock(step: number) {
  let now = 0;
  return {
    monotonic: () => {
      now += step;
      return now;
    },
    pass: (ms: number) => {
      now += ms;
    },
    now: () => now,
  };
}

function world(step = 1, aim = 8) {
  const clock = passingClock(step);
  const traffic = createTraffic(clock);
  const pace = consideratePace(clock, traffic, aim);
  const rest = async (devices: number, took: number) => {
    const before = clock.now();
    await pace.rest(devices, took);
    return clock.now() - before;
  };
  return { clock, traffic, pace, rest };
}

test('batches grow while they are quick and shrink when they are slow, within bounds', async () => {
  const { traffic, pace, rest } = world(200);
  traffic.begin();
  const first = pace.size();
  for (let n = 0; n < 40; n++) await rest(pace.size(), 1);
  const grown = pace.size();
  assert.ok(grown > first && grown <= 500);
  await rest(3, 30);
  assert.equal(pace.size(), grown, 'one of few says nothing');
  for (let n = 0; n < 40; n++) await rest(pace.size(), 100);
  assert.equal(pace.size(), first);
});

test('batches are short as soon as somebody calls, and longer again when nobody does', async () => {
  const { clock, traffic, pace, rest } = world();
  for (let n = 0; n < 20; n++) await rest(pace.size(), pace.size() / 10);
  assert.equal(pace.size(), 500);
  const served = traffic.begin();
  assert.ok(Math.abs(pace.size() - 80) <= 1, `${pace.size()}`);
  served();
  assert.ok(pace.size() <= 81, 'the next one is reckoned with');
  clock.pass(1000);
  assert.equal(pace.size(), 500);
});

test('one batch that had to wait for somebody does not make the next ones much smaller', async () => {
  const { traffic, pace, rest } = world(200);
  traffic.begin();
  for (let n = 0; n < 20; n++) await rest(pace.size(), pace.size() / 10);
  const usual = pace.size();
  await rest(usual, 800);
  assert.ok(pace.size() >= 0.6 * usual, `${pace.size()} after ${usual}`);
});

test('where nobody calls it goes on at once; where somebody does now and then, they have three times as long', async () => {
  const { clock, traffic, rest } = world();
  assert.ok((await rest(1, 100)) < 10);
  traffic.begin()();
  assert.ok((await rest(1, 100)) >= 300);
  clock.pass(2000);
  assert.ok((await rest(1, 100)) < 10);
});

test('it begins when nobody is being served, and all the same when somebody always is', async () => {
  const { clock, traffic, rest } = world();
  const served = traffic.begin();
  const before = clock.now();
  const resting = rest(1, 100);
  const waiting = setInterval(() => {
    if (clock.now() - before < 350) return;
    clearInterval(waiting);
    served();
  }, 1);
  const rested = await resting;
  assert.ok(rested >= 350 && rested < 600, `${rested}`);
  traffic.begin();
  clock.pass(2000);
  const most = await rest(1, 100);
  assert.ok(most >= 600 && most < 650, `${most}`);
});

test('whoever is served twice counts once', () => {
  const { traffic } = world();
  const served = traffic.begin();
  traffic.begin();
  served();
  served();
  assert.equal(traffic.underWay(), 1);
});
