import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Deployment } from '../../deployments/deployment.ts';
import { asExpected, type NamedDeployment, summarise } from './demo-summary.ts';

function deployment(device: string, profile: string, change: Partial<Deployment> = {}): NamedDeployment {
  const known = { kind: 'scep', wanted: true, state: 'installed', problem: null } as const;
  return { device, profile, deployment: { ...known, ...change } };
}

const failing = {
  state: 'challengeIssueFailed',
  problem: { code: 'variable-unresolved', detail: 'No value.', unresolved: [] },
} as const;
const expected = { device: 'b', profile: 'wifi', code: 'variable-unresolved' };

test('an expected failure is one that names device, profile and code', () => {
  const summary = summarise([deployment('a', 'wifi'), deployment('b', 'wifi', failing)], [], [expected]);
  assert.equal(summary.enrolled, 1);
  assert.deepEqual(summary.failed, [{ ...expected, detail: 'No value.', expected: true }]);
  assert.ok(asExpected(summary));
});

const unexpected: readonly (readonly [string, readonly NamedDeployment[]])[] = [
  ['another device', [deployment('c', 'wifi', failing), deployment('b', 'wifi', failing)]],
  ['another profile', [deployment('b', 'vpn', failing), deployment('b', 'wifi', failing)]],
  ['another code', [deployment('b', 'wifi', { ...failing, problem: { ...failing.problem, code: 'other' } })]],
  ['none at all', [deployment('b', 'wifi')]],
  ['a certificate that never came', [deployment('a', 'vpn', { state: 'requested' }), deployment('b', 'wifi', failing)]],
];
for (const [name, deployments] of unexpected)
  test(`${name} is not as expected`, () => assert.ok(!asExpected(summarise(deployments, [], [expected]))));

test('a trusted certificate counts as a failure when it is missing, and never as enrolled', () => {
  const kind = 'trustedCertificate';
  const there = summarise([deployment('a', 'root', { kind })], [], []);
  assert.deepEqual([there.enrolled, there.failed.length], [0, 0]);
  const missing = summarise([deployment('a', 'root', { kind, state: 'requested' })], [], []);
  assert.equal(missing.failed[0]?.code, 'not-installed');
});

test('what is not wanted any more does not count', () => {
  const summary = summarise([deployment('a', 'wifi', { wanted: false, state: 'deleted' })], [], []);
  assert.deepEqual([summary.enrolled, summary.failed.length], [0, 0]);
});

test('a device that did not get in is a failure without a profile', () => {
  const summary = summarise([], [{ device: 'a', code: 'token-used', detail: 'Used.' }], []);
  assert.deepEqual(summary.failed, [
    { device: 'a', profile: null, code: 'token-used', detail: 'Used.', expected: false },
  ]);
});
