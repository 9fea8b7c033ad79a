/** What follows from an answer, or none: pure, but for the dice, which are an argument. */
import { day, hour, minute, second } from '../lib/clock.ts';
import type { Delivery, DeliveryProgress } from './delivery.ts';
import type { WebhookCondition } from './webhook.ts';
import type { WebhookAnswer } from './webhook-transport.ts';

/** After the first, second … failure of a delivery. After the last it is dead. */
export const retryDelays: readonly number[] = [
  10 * second,
  minute,
  5 * minute,
  15 * minute,
  hour,
  2 * hour,
  4 * hour,
  8 * hour,
  12 * hour,
];
/** The longest that a receiver may ask us to wait, and the longest that we leave it alone by ourselves. */
const longestAsked = day;
const longestPause = 10 * minute;

export type Attempt = {
  readonly kind: 'delivered' | 'retry' | 'gone';
  readonly status: number | null;
  readonly problem: string | null;
  /** The receiver as a whole does not work: others need not try either. */
  readonly receiverFails: boolean;
  /** ms, as it asks. */
  readonly retryAfter: number | null;
};

export function judgeAnswer(answer: WebhookAnswer): Attempt {
  if (answer.kind === 'trouble')
    return { kind: 'retry', status: null, problem: answer.code, receiverFails: true, retryAfter: null };
  const { status } = answer;
  const retryAfter = answer.retryAfter === null ? null : Math.min(answer.retryAfter, longestAsked);
  const told = { status, retryAfter };
  if (status >= 200 && status < 300)
    return { status, kind: 'delivered', problem: null, receiverFails: false, retryAfter: null };
  if (status === 410) return { ...told, kind: 'gone', problem: 'gone', receiverFails: true };
  if (status >= 300 && status < 400) return { ...told, kind: 'retry', problem: 'redirected', receiverFails: true };
  // Refused for what it says: the next one may well be taken.
  const receiverFails = status >= 500 || status === 401 || status === 403 || status === 404 || status === 429;
  return { ...told, kind: 'retry', problem: `http-${status}`, receiverFails };
}

/** `dice` in [0, 1). */
export function progressOf(delivery: Delivery, attempt: Attempt, now: number, dice: number): DeliveryProgress {
  const attempts = delivery.attempts + 1;
  const { status: lastStatus, problem: lastProblem } = attempt;
  const told = { id: delivery.id, attempts, lastStatus, lastProblem };
  const delay = retryDelays[attempts - 1];
  if (attempt.kind === 'delivered') return { ...told, state: 'delivered', nextAttemptAt: now, finishedAt: now };
  if (attempt.kind === 'gone' || delay === undefined)
    return { ...told, state: 'dead', nextAttemptAt: now, finishedAt: now };
  const wait = Math.max(jittered(delay, dice), attempt.retryAfter ?? 0);
  return { ...told, state: 'waiting', nextAttemptAt: now + wait, finishedAt: null };
}

/** How the receiver fares after some attempts at once: one that was taken shows that it works. */
export function conditionAfter(
  before: WebhookCondition,
  attempts: readonly Attempt[],
  now: number,
  dice: number,
): WebhookCondition {
  const asked = Math.max(0, ...attempts.map(({ retryAfter }) => retryAfter ?? 0));
  if (attempts.some(({ kind }) => kind === 'delivered'))
    return {
      failures: 0,
      failingSince: null,
      pausedUntil: asked > 0 ? now + asked : null,
      lastSuccessAt: now,
    };
  if (!attempts.some(({ receiverFails }) => receiverFails)) return before;
  const failures = before.failures + 1;
  const pause = Math.min(longestPause, 5 * second * 2 ** Math.min(failures - 1, 10));
  return {
    failures,
    failingSince: before.failingSince ?? now,
    pausedUntil: now + Math.max(jittered(pause, dice), asked),
    lastSuccessAt: before.lastSuccessAt,
  };
}

/** By a quarter up or down: many that failed at once do not come back at once. */
function jittered(delay: number, dice: number): number {
  return Math.round(delay * (0.75 + dice / 2));
}
