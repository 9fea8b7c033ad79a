import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../lib/clock.ts';
import { failureLimit } from './failure-limit.ts';

test('an address is asked to wait after its failures, others are not', async () => {
  const limit = failureLimit(3, systemClock);
  for (let i = 0; i < 3; i++) {
    assert.equal(await limit.retryAfter('10.0.0.1'), 0);
    await limit.failed('10.0.0.1');
  }
  const wait = await limit.retryAfter('10.0.0.1');
  assert.ok(wait > 0 && wait <= 60, String(wait));
  assert.equal(await limit.retryAfter('10.0.0.2'), 0);
});

test('successes are never limited, and outweigh failures behind the same address', async () => {
  const limit = failureLimit(3, systemClock);
  for (let i = 0; i < 1000; i++) await limit.succeeded('10.0.0.1');
  assert.equal(await limit.retryAfter('10.0.0.1'), 0);
  for (let i = 0; i < 20; i++) {
    await limit.failed('10.0.0.1');
    await limit.succeeded('10.0.0.1');
  }
  assert.equal(await limit.retryAfter('10.0.0.1'), 0);
});
