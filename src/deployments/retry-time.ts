import { day, hour, minute } from '../lib/clock.ts';
import type { Deployment } from './deployment.ts';

/** Lost answers are common, so the first ones come whenever the device calls. */
const unhurried = 3;
const longest = 8 * hour;

/** By the device's own word: asking again changes nothing before somebody gave it other software, or edited the profile. */
const lasting: readonly string[] = ['key-storage-unavailable'];

/**
 * The earliest moment for another challenge, ms, once several led to no certificate: a quarter of an hour after the last
 * thing that happened to it, then twice as long each time, up to a working day. It never ends. What a device cannot do is
 * asked of it once a day.
 */
export function nextAttemptAt({
  attempts,
  stateSince,
  problem,
}: Pick<Deployment, 'attempts' | 'stateSince' | 'problem'>): number {
  if (problem !== null && lasting.includes(problem.code)) return stateSince + day;
  if (attempts < unhurried) return stateSince;
  return stateSince + Math.min(longest, 15 * minute * 2 ** Math.min(attempts - unhurried, 10));
}
