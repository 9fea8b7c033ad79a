import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atMostEvery } from './at-most-every.ts';

test('work is done at once, and what is asked meanwhile is done once at the end of the interval', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let done = 0;
  const ask = atMostEvery(100, () => {
    done += 1;
  });
  ask();
  assert.equal(done, 1);
  ask();
  ask();
  context.mock.timers.tick(99);
  assert.equal(done, 1);
  context.mock.timers.tick(1);
  assert.equal(done, 2);
  context.mock.timers.tick(1000);
  assert.equal(done, 2);
  ask();
  assert.equal(done, 3);
});
