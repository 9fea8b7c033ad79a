import { hour, minute } from '../lib/clock.ts';
import type { Deployment } from './deployment.ts';

/** Lost answers are common, so the first ones come whenever the device calls. */
const unhurried = 3;
const longest = 8 * hour;

/**
 * The earliest moment for another challenge, ms, once several led to no certificate: a quarter of an hour after the last
 * thing that happened to it, then twice as long each time, up to a working day. It never ends.
 */
export function nextAttemptAt({ attempts, stateSince }: Pick<Deployment, 'attempts' | 'stateSince'>): number {
  if (attempts < unhurried) return stateSince;
  return stateSince + Math.min(longest, 15 * minute * 2 ** Math.min(attempts - unhurried, 10));
}
