import { minute, second } from '../lib/clock.ts';
import { idAt } from '../lib/ids.ts';

/**
 * How much later than its id a row may be committed. On PostgreSQL the clocks of several nodes come in, none of which issues
 * when it is five minutes behind.
 */
const delay = { sqlite: 30 * second, postgres: 6 * minute };

/** No row with an id below this one will come any more. */
export function settledBefore(store: keyof typeof delay, now: number): string {
  return idAt(now - delay[store]);
}
