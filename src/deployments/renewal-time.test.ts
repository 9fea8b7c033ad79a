import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { day, hour } from '../lib/clock.ts';
import { renewalTime } from './renewal-time.ts';
import { nextAttemptAt } from './retry-time.ts';

const settings = (renewalThreshold: number, spread: number) => ({ renewalThreshold, server: { renewal: { spread } } });
const year = { notBefore: 0, notAfter: 365 * day };

test('a certificate is renewed after the threshold, within the part that the profile spreads them over, and always then', () => {
  const lifetime = fc.integer({ min: hour, max: 10 * 365 * day });
  fc.assert(
    fc.property(
      lifetime,
      fc.integer({ min: 1, max: 99 }),
      fc.nat(75),
      fc.uuid(),
      fc.nat(9),
      (length, threshold, spread, id, generation) => {
        const certificate = { notBefore: 5, notAfter: 5 + length };
        const seed = { deploymentId: id, generation };
        const { from, at } = renewalTime(certificate, settings(threshold, spread), seed);
        const left = certificate.notAfter - from;
        assert.ok(Math.abs(left - (length * threshold) / 100) <= 1);
        assert.ok(at >= from && certificate.notAfter - at >= left * (1 - spread / 100));
        assert.deepEqual(renewalTime(certificate, settings(threshold, spread), seed), { from, at });
      },
    ),
  );
});

test('a fleet that was issued in one hour is renewed over weeks, evenly, each certificate at another moment', () => {
  const count = 2000;
  const ids = Array.from({ length: count }, (_, i) => `0193a000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`);
  const at = ids.map((deploymentId) => renewalTime(year, settings(20, 25), { deploymentId, generation: 1 }).at);
  const spread = (73 / 4) * day;
  const from = 292 * day;
  for (let part = 0; part < 10; part++) {
    const within = at.filter((time) => time >= from + (part * spread) / 10 && time < from + ((part + 1) * spread) / 10);
    assert.ok(Math.abs(within.length - count / 10) < count / 25, `${within.length} in part ${part}`);
  }
  const busiest = Math.max(
    ...Map.groupBy(at, (time) => Math.floor(time / hour))
      .values()
      .map(({ length }) => length),
  );
  assert.ok(busiest < count / 50, `${busiest} in one hour`);
  const again = ids.map((deploymentId) => renewalTime(year, settings(20, 25), { deploymentId, generation: 2 }).at);
  assert.ok(again.filter((time, i) => time === at[i]).length < 5, 'the next generation has its own moment');
});

test('the first attempts come whenever the device calls, later ones ever more slowly, and they never end', () => {
  const wait = (attempts: number) => nextAttemptAt({ attempts, stateSince: 100, problem: null }) - 100;
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(wait), [0, 0, 0, hour / 4, hour / 2, hour]);
  assert.deepEqual([8, 9, 50, 5000].map(wait), [8 * hour, 8 * hour, 8 * hour, 8 * hour]);
  const problem = { code: 'key-storage-unavailable', detail: '', unresolved: [] };
  for (const attempts of [1, 9]) assert.equal(nextAttemptAt({ attempts, stateSince: 100, problem }), 100 + day);
});
