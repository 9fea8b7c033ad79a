import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { minute, second } from '../lib/clock.ts';
import { nextRun } from './agent.ts';
import type { AgentItem, AgentState, AgentTask } from './agent-store.ts';
import { osRelease } from './local-facts.ts';
import { backoff } from './run-agent.ts';

const item = (change: Partial<AgentItem>): AgentItem => ({
  deploymentId: 'd',
  kind: 'scep',
  profile: { slug: 'wifi', name: 'Wi-Fi' },
  bundle: null,
  thumbprint256: null,
  notAfter: null,
  renewAt: null,
  task: null,
  ...change,
});
const task = (nextAttempt: number): AgentTask => ({
  payload: null,
  generation: 1,
  revision: 1,
  keyBundle: null,
  sent: false,
  pendingAt: null,
  attempts: 0,
  nextAttempt,
  problem: null,
});
const state = (items: readonly AgentItem[]): AgentState => ({
  version: 1,
  server: '',
  deviceId: '',
  deviceName: '',
  platform: 'linux',
  credential: '',
  anchor: '',
  joinedAt: 0,
  lastCheckIn: 0,
  nextCheckIn: 1000,
  wakeVersion: null,
  items,
  outbox: [],
});

describe('when an agent runs next', () => {
  const rows: readonly [string, readonly AgentItem[], number][] = [
    ['at its next check-in', [], 1000],
    ['earlier for an attempt that is to be repeated', [item({ task: task(300) })], 300],
    ['earlier for a renewal', [item({ renewAt: 400 })], 400],
    ['not for a renewal that is past: the server knows of it', [item({ renewAt: 50 })], 1000],
    ['now, never in the past', [item({ task: task(20) })], 100],
  ];
  for (const [name, items, expected] of rows)
    it(name, () => {
      assert.equal(nextRun(state(items), 100), expected);
    });
});

describe('waiting after failures', () => {
  it('doubles, spreads by half, and ends at a quarter of an hour', () => {
    for (const [failures, full] of [
      [1, 5 * second],
      [2, 10 * second],
      [30, 15 * minute],
    ] as const)
      for (let i = 0; i < 50; i++) {
        const delay = backoff(failures);
        assert.ok(delay >= full / 2 && delay <= full, `${failures}: ${delay}`);
      }
  });
});

describe('os-release', () => {
  it('is read with and without quotes', () => {
    const read = osRelease('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID=12\n# comment\nID=\'debian\'\n');
    assert.deepEqual(
      [...read],
      [
        ['PRETTY_NAME', 'Debian GNU/Linux 12 (bookworm)'],
        ['VERSION_ID', '12'],
        ['ID', 'debian'],
      ],
    );
  });

  it('is nothing where there is no such file', () => {
    assert.equal(osRelease(undefined).size, 0);
  });
});
