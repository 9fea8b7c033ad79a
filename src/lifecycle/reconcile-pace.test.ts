import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../lib/clock.ts';
import { consideratePace } from './reconcile-pace.ts';

test('batches grow while they are quick and shrink when they are slow, within bounds', async () => {
  const pace = consideratePace(systemClock, 8);
  const first = pace.size();
  for (let n = 0; n < 12; n++) await pace.rest(pace.size(), 1);
  const grown = pace.size();
  assert.ok(grown > first);
  await pace.rest(grown - 1, 1);
  assert.equal(pace.size(), grown, 'one that was not full says nothing');
  for (let n = 0; n < 12; n++) await pace.rest(pace.size(), 20);
  assert.ok(pace.size() < first && pace.size() >= 1);
});
