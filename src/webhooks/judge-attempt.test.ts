import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { day, hour, minute, second } from '../lib/clock.ts';
import type { Delivery } from './delivery.ts';
import { conditionAfter, judgeAnswer, progressOf, retryDelays } from './judge-attempt.ts';
import { unknownCondition } from './webhook.ts';

const answer = (status: number, retryAfter: number | null = null) =>
  judgeAnswer({ kind: 'answer', status, retryAfter });
const unreachable = judgeAnswer({ kind: 'trouble', code: 'unreachable' });
const now = 1_790_000_000_000;
const even = 0.5;

function delivery(attempts: number): Delivery {
  return {
    id: 'd',
    webhookId: 'w',
    messageId: 'm',
    type: 't',
    body: '{}',
    state: 'waiting',
    attempts,
    nextAttemptAt: now,
    lastStatus: null,
    lastProblem: null,
    createdAt: now,
    finishedAt: null,
  } as unknown as Delivery;
}

suite('an attempt', () => {
  const rows = [
    ['any 2xx is taken', 204, 'delivered', null, false],
    ['a redirect is not followed', 302, 'retry', 'redirected', true],
    ['what one message is refused for leaves the others alone', 422, 'retry', 'http-422', false],
    ['a receiver that knows us not is one that fails', 401, 'retry', 'http-401', true],
    ['so is one that has too much to do', 429, 'retry', 'http-429', true],
    ['and one with a fault', 503, 'retry', 'http-503', true],
    ['410 is for ever', 410, 'gone', 'gone', true],
  ] as const;
  for (const [name, status, kind, problem, receiverFails] of rows)
    test(name, () => {
      const attempt = answer(status);
      assert.deepEqual([attempt.kind, attempt.problem, attempt.receiverFails], [kind, problem, receiverFails]);
    });

  test('is repeated after delays that grow for more than a day, and then never', () => {
    const waits: number[] = [];
    for (let attempts = 0; ; attempts++) {
      const { state, nextAttemptAt } = progressOf(delivery(attempts), unreachable, now, even);
      if (state === 'dead') break;
      waits.push(nextAttemptAt - now);
    }
    assert.deepEqual(waits, retryDelays);
    assert.deepEqual(
      waits.toSorted((a, b) => a - b),
      waits,
    );
    assert.ok(waits.reduce((sum, wait) => sum + wait, 0) > day);
    const last = progressOf(delivery(retryDelays.length), answer(500), now, even);
    assert.deepEqual([last.state, last.attempts, last.lastStatus, last.finishedAt], ['dead', 10, 500, now]);
  });

  test('is repeated at different times by those that failed together', () => {
    const at = (dice: number) => progressOf(delivery(0), unreachable, now, dice).nextAttemptAt - now;
    assert.deepEqual([at(0), at(0.999999)].map(Math.round), [7.5 * second, 12.5 * second]);
  });

  test('is not repeated before the receiver wants it, but for a day at most', () => {
    const at = (retryAfter: number) => progressOf(delivery(0), answer(503, retryAfter), now, even).nextAttemptAt - now;
    assert.deepEqual([at(second), at(hour), at(365 * day)], [10 * second, hour, day]);
  });
});

suite('a receiver', () => {
  test('that fails is left alone for longer each time, 10 minutes at most', () => {
    let condition = unknownCondition;
    const pauses: number[] = [];
    for (let i = 0; i < 10; i++) {
      condition = conditionAfter(condition, [unreachable, unreachable], now + i, even);
      pauses.push((condition.pausedUntil ?? 0) - (now + i));
    }
    assert.deepEqual(pauses.slice(0, 3), [5 * second, 10 * second, 20 * second]);
    assert.equal(pauses.at(-1), 10 * minute);
    assert.deepEqual([condition.failures, condition.failingSince], [10, now]);
  });

  test('that takes one of several works', () => {
    const failing = conditionAfter(unknownCondition, [unreachable], now, even);
    assert.deepEqual(conditionAfter(failing, [unreachable, answer(200)], now + 9, even), {
      failures: 0,
      failingSince: null,
      pausedUntil: null,
      lastSuccessAt: now + 9,
    });
  });

  test('that asks for patience gets it', () => {
    assert.equal(conditionAfter(unknownCondition, [answer(429, hour)], now, even).pausedUntil, now + hour);
    assert.equal(conditionAfter(unknownCondition, [answer(200), answer(429, hour)], now, even).pausedUntil, now + hour);
  });

  test('that refuses one message for what it says works', () => {
    assert.equal(conditionAfter(unknownCondition, [answer(422)], now, even), unknownCondition);
  });
});
