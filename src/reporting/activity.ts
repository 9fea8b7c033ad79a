/** What reports count: which events are an activity, of which profile and for which reason. */
import type { Event, EventType } from '../events/event.ts';
import { deviceReasons } from './reason-guide.ts';

export const activityKinds = ['issued', 'renewed', 'revoked', 'failed'] as const;
export type ActivityKind = (typeof activityKinds)[number];

export type Activity = {
  readonly kind: ActivityKind;
  readonly profileId: string;
  /** Of a failure or a revocation, from a closed set. */
  readonly reason: string | null;
};

/** Only these events can be one. */
export const activityEvents = [
  'certificate.issued',
  'certificate.renewed',
  'certificate.revoked',
  'enrollment.refused',
  'deployment.failed',
] as const satisfies readonly EventType[];

/**
 * Null: none; certificates of our own, of no profile, are none either. The first certificate of a deployment is issued, every later one renewed, whichever way it was asked for.
 * What a device says of a refusal is the refusal again, and not counted twice.
 */
export function activityOf({ type, subjects, data }: Pick<Event, 'type' | 'subjects' | 'data'>): Activity | null {
  const profileId = subjects.find(({ kind }) => kind === 'profile')?.id;
  if (profileId === undefined) return null;
  switch (type) {
    case 'certificate.issued':
      return { kind: Number(data.generation ?? 1) > 1 ? 'renewed' : 'issued', profileId, reason: null };
    case 'certificate.renewed':
      return { kind: 'renewed', profileId, reason: null };
    case 'certificate.revoked':
      return { kind: 'revoked', profileId, reason: textOf(data.reason) };
    case 'enrollment.refused':
      return { kind: 'failed', profileId, reason: textOf(data.reason) };
    case 'deployment.failed': {
      const reason = failureReason(data);
      return reason === null ? null : { kind: 'failed', profileId, reason };
    }
    default:
      return null;
  }
}

/** A device may say any code: its step is what is counted. What was found before any device was asked has our own code. */
function failureReason({ step, problem }: Event['data']): string | null {
  if (typeof step === 'string')
    return Object.hasOwn(deviceReasons, step) ? deviceReasons[step as keyof typeof deviceReasons] : null;
  return typeof problem === 'object' && problem !== null && 'code' in problem ? textOf(problem.code) : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
