import { hour } from '../../lib/clock.ts';
import { type Check, ok, problem, warning } from './check.ts';

/** One that waits; `openedAt`: ms UTC. */
export type WaitingRemoval = { readonly openedAt: number; readonly waiting: number };

/** From then on nobody seems to look. */
const long = 48 * hour;

/** Until somebody decides, those devices keep what they may have no right to. */
export function checkRemovals(removals: readonly WaitingRemoval[], now: number): Check {
  const [first = null] = removals.map(({ openedAt }) => openedAt).toSorted((a, b) => a - b);
  if (first === null) return ok('removals', 'None waits for a confirmation.');
  const devices = removals.reduce((sum, { waiting }) => sum + waiting, 0);
  const hours = Math.floor((now - first) / hour);
  const what = removals.length === 1 ? 'A removal waits' : `${removals.length} removals wait`;
  const detail = `${what} for a confirmation, ${devices} certificates in all, ${hours < 1 ? 'since just now' : `for ${hours} hours`}.`;
  const fix = 'Run: bin/scepward removal list; then removal confirm or removal reject.';
  return now - first > long ? problem('removals', detail, fix) : warning('removals', detail, fix);
}
