/** How long things are kept after they have served, in days; 0: for ever. */
import { Failure } from '../../lib/failure.ts';

export type Retention = {
  /** After they happened. */
  readonly events: number;
  /** After they happened. */
  readonly scepTransactions: number;
  /** After they expired. */
  readonly challenges: number;
  /** After their end of validity. */
  readonly certificates: number;
};

export const retentionNames = [
  'events',
  'scepTransactions',
  'challenges',
  'certificates',
] as const satisfies (keyof Retention)[];

export const defaultRetention: Retention = { events: 730, scepTransactions: 180, challenges: 30, certificates: 730 };

/** Shorter, and who has a token for an hour could wipe what they did; or what a repeated request asks for would be gone. */
export const shortestRetention: Retention = { events: 30, scepTransactions: 7, challenges: 2, certificates: 30 };
export const longestRetention = 36_500;

export type RetentionStore = {
  get(): Promise<Retention>;
  put(retention: Retention): Promise<void>;
};

/** Failure `retention-out-of-range`. */
export function checkRetention(retention: Retention): void {
  for (const name of retentionNames) {
    const days = retention[name];
    if (days === 0 || (Number.isInteger(days) && days >= shortestRetention[name] && days <= longestRetention)) continue;
    throw new Failure(
      'invalid',
      'retention-out-of-range',
      `${name}: ${days} days are out of range. Give whole days from ${shortestRetention[name]} to ${longestRetention}, or 0 to keep them for ever.`,
      { name, days, shortest: shortestRetention[name], longest: longestRetention },
    );
  }
}
