/**
 * A server whose clock was set back would issue certificates that begin in the past of its own records, or end too late.
 * It refuses to issue while its clock stands more than five minutes before its own last event.
 */
import type { EventLog } from '../events/event-log.ts';
import { type Clock, minute } from '../lib/clock.ts';

export type ClockGuard = {
  /** Milliseconds that the clock is behind, when that is too much; null when all is well. Cheap. */
  behind(): Promise<number | null>;
};

const tolerance = 5 * minute;
/** Other nodes write events too; and a clock that was mended is noticed within this time. */
const refreshEvery = minute;

export function clockGuard(clock: Clock, events: Pick<EventLog, 'lastTime'>): ClockGuard {
  let last = Number.NEGATIVE_INFINITY;
  let readAt = Number.NEGATIVE_INFINITY;
  return {
    async behind() {
      const turn = clock.monotonic();
      const now = clock.now();
      if (turn - readAt >= refreshEvery || last - now > tolerance) {
        last = (await events.lastTime()) ?? Number.NEGATIVE_INFINITY;
        readAt = turn;
      }
      const lag = last - now;
      // What we have seen counts too: events that this process wrote since are no older.
      if (lag <= tolerance) last = Math.max(last, now);
      return lag > tolerance ? lag : null;
    },
  };
}
