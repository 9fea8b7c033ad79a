import assert from 'node:assert/strict';
import { test } from 'node:test';
import { day, minute, second } from '../lib/clock.ts';
import {
  blankRecord,
  familiarFor,
  isNotable,
  type SignInRecord,
  signInDelay,
  withFailure,
  withSuccess,
} from './sign-in-delay.ts';

const start = 1_000_000_000_000;
const blank = blankRecord('k');
const failed = (times: number, at = start, record: SignInRecord = blank) => {
  let now = record;
  for (let i = 0; i < times; i++) now = withFailure(now, at);
  return now;
};

test('four mistakes cost nothing; then the wait doubles, up to a quarter of an hour', () => {
  const waits = [4, 5, 6, 7, 8, 9, 10, 100].map((times) => signInDelay(failed(times), blank, start) / second);
  assert.deepEqual(waits, [0, 30, 60, 120, 240, 480, 900, 900]);
});

test('the wait passes, and a success forgets the failures of that network', () => {
  const five = failed(5);
  assert.equal(signInDelay(five, blank, start + 10 * second), 20 * second);
  assert.equal(signInDelay(five, blank, start + 30 * second), 0);
  assert.equal(signInDelay(withFailure(withSuccess(five, start), start), blank, start), 0);
});

test('failures of yesterday do not count', () => {
  assert.equal(withFailure(failed(20), start + day).failures, 1);
  assert.equal(signInDelay(failed(20), blank, start + day), 0);
});

test('who guesses from everywhere has to wait, but not where the administrator comes from', () => {
  const everywhere = failed(80);
  assert.equal(signInDelay(blank, everywhere, start), 15 * minute);
  const familiar = withSuccess(blank, start - day);
  assert.equal(signInDelay(familiar, everywhere, start), 0);
  assert.equal(signInDelay(withSuccess(blank, start - familiarFor), everywhere, start), 15 * minute);
  assert.equal(signInDelay(blank, everywhere, start + 15 * minute), 0, 'and nobody for longer than this');
});

test('events are written for the first failure, when the wait begins, and ever more rarely', () => {
  const notable = Array.from({ length: 200 }, (_, i) => i + 1).filter(isNotable);
  assert.deepEqual(notable, [1, 5, 10, 20, 40, 80, 160]);
});
