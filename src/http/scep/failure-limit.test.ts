import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../lib/clock.ts';
import { type FailureSource, failureLimit } from './failure-limit.ts';

const at = (clientAddress: string, deliveryRef: string | null = null, slug = 'wifi'): FailureSource => ({
  clientAddress,
  slug,
  deliveryRef,
});
const limited = (perScepAddress = 3, perNetwork = 8) => failureLimit({ perScepAddress, perNetwork }, systemClock);

test('an address is asked to wait after its failures, others are not', async () => {
  const limit = limited();
  for (let i = 0; i < 3; i++) {
    assert.equal(await limit.retryAfter(at('10.0.0.1')), 0);
    await limit.failed(at('10.0.0.1'));
  }
  const wait = await limit.retryAfter(at('10.0.0.1'));
  assert.ok(wait > 0 && wait <= 60, String(wait));
  assert.equal(await limit.retryAfter(at('10.0.0.2')), 0);
});

test('a device that keeps failing holds up nobody else behind its address', async () => {
  const limit = limited();
  for (let i = 0; i < 3; i++) await limit.failed(at('10.0.0.1', 'broken'));
  assert.ok((await limit.retryAfter(at('10.0.0.1', 'broken'))) > 0);
  assert.equal(await limit.retryAfter(at('10.0.0.1', 'another')), 0);
  assert.equal(await limit.retryAfter(at('10.0.0.1')), 0);
  assert.equal(await limit.retryAfter(at('10.0.0.1', 'broken', 'vpn')), 0);
});

test('who makes up deliveries comes no further than all failures of an address', async () => {
  const limit = limited();
  for (let i = 0; i < 8; i++) {
    assert.equal(await limit.retryAfter(at('10.0.0.1', `made-up-${i}`)), 0);
    await limit.failed(at('10.0.0.1', `made-up-${i}`));
  }
  assert.ok((await limit.retryAfter(at('10.0.0.1', 'made-up-9'))) > 0);
  assert.ok((await limit.retryAfter(at('10.0.0.1', null, 'vpn'))) > 0);
  assert.equal(await limit.retryAfter(at('10.0.0.2', 'made-up-9')), 0);
});

test('names cannot be chosen so that two addresses are one', async () => {
  const limit = limited(1);
  await limit.failed(at('10.0.0.1', 'c', 'a b'));
  assert.equal(await limit.retryAfter(at('10.0.0.1', 'b c', 'a')), 0);
});

test('successes are never limited, and outweigh failures behind the same address', async () => {
  const limit = limited();
  for (let i = 0; i < 1000; i++) await limit.succeeded(at('10.0.0.1'));
  assert.equal(await limit.retryAfter(at('10.0.0.1')), 0);
  for (let i = 0; i < 20; i++) {
    await limit.failed(at('10.0.0.1'));
    await limit.succeeded(at('10.0.0.1'));
  }
  assert.equal(await limit.retryAfter(at('10.0.0.1')), 0);
  // Devices that succeed elsewhere make up for one that fails, for all but its own address.
  for (let i = 0; i < 20; i++) {
    await limit.failed(at('10.0.0.1', `ref-${i}`));
    await limit.succeeded(at('10.0.0.1', 'healthy'));
  }
  assert.equal(await limit.retryAfter(at('10.0.0.1', 'new')), 0);
});
