import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import { isOver, type Job, type JobId } from './job.ts';
import { jobEvent } from './job-event.ts';
import type { JobStore } from './job-store.ts';

export const jobSteers = ['pause', 'resume', 'cancel'] as const;

export type JobSteer = (typeof jobSteers)[number];

const steers = {
  pause: { state: 'paused', event: 'job.paused' },
  resume: { state: 'running', event: 'job.resumed' },
  cancel: { state: 'cancelled', event: 'job.cancelled' },
} as const;

/**
 * After the batch that is under way; what is done stays done. The same again changes nothing. Fails with `job-not-found`
 * and, for one that ended, `job-over`.
 */
export async function steerJob(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly jobs: Pick<JobStore, 'get' | 'save'>;
  },
  input: { readonly jobId: JobId; readonly steer: JobSteer; readonly cause: Cause },
): Promise<Job> {
  return deps.transact(async () => {
    const job = await deps.jobs.get(input.jobId, 'to-change');
    if (job === null) throw new Failure('not-found', 'job-not-found', 'There is no such job.', { job: input.jobId });
    const { state, event } = steers[input.steer];
    if (job.state === state) return job;
    if (isOver(job))
      throw new Failure('conflict', 'job-over', `The job has ended: it is ${job.state}. Start another one.`, {
        job: job.id,
        state: job.state,
      });
    const now = deps.clock.now();
    const after: Job = { ...job, state, updatedAt: now, finishedAt: state === 'cancelled' ? now : null };
    await deps.jobs.save(after);
    await deps.events.append([jobEvent(event, after, input.cause)]);
    return after;
  });
}
