import type { Cause, EventType, NewEvent } from '../events/event.ts';
import type { Job } from './job.ts';

export function jobEvent(type: EventType & `job.${string}`, job: Job, cause: Cause): NewEvent {
  const { id, kind, title, total, done, skipped, failed, rate } = job;
  return { type, cause, subjects: [{ kind: 'job', id }], data: { kind, title, total, done, skipped, failed, rate } };
}
