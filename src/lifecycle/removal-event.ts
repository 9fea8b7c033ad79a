import type { Cause, EventType, NewEvent } from '../events/event.ts';
import type { RemovalCase } from './removal.ts';

export function caseEvent(
  type: EventType & `removal.${string}`,
  { id, profileId, occasion, jobId }: RemovalCase,
  cause: Cause,
  data: Readonly<Record<string, unknown>> = {},
): NewEvent {
  const subjects = [
    { kind: 'removal', id },
    { kind: 'profile', id: profileId },
  ] as const;
  return { type, cause, subjects, data: { occasion, jobId, ...data } };
}
