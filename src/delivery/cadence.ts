/** How often agents check in (intune-domain 4.10): quick after joining, then steady. Milliseconds. */

import type { Platform } from '../directory/platform.ts';
import { platformFamily } from '../formats/agent/platform-family.ts';
import { hour, minute } from '../lib/clock.ts';

export type Cadence = {
  /** In order: check in every `every` until `until` after joining. */
  readonly early: readonly { readonly until: number; readonly every: number }[];
  readonly steady: number;
};

export type CadenceStore = {
  /** Null: the platform's default. */
  get(): Promise<Cadence | null>;
  put(cadence: Cadence | null): Promise<void>;
};

const steady = 8 * hour;
const thenQuarterly = { until: 2 * hour, every: 15 * minute };

/** intune-domain 4.10. Linux, which that table does not know, goes with Windows. */
export function defaultCadence(platform: Platform): Cadence {
  if (platformFamily(platform) === 'apple') return { early: [{ until: hour, every: 15 * minute }], steady };
  if (platform === 'windows81') return { early: [{ until: 15 * minute, every: 5 * minute }, thenQuarterly], steady };
  return { early: [{ until: 15 * minute, every: 3 * minute }, thenQuarterly], steady };
}

/** Milliseconds until the next check-in of a device that joined at `joinedAt`. */
export function untilNextCheckIn(cadence: Cadence, joinedAt: number, now: number): number {
  const age = now - joinedAt;
  return cadence.early.find(({ until }) => age < until)?.every ?? cadence.steady;
}
