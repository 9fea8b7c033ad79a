import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Job, JobId } from './job.ts';
import { jobEvent } from './job-event.ts';
import type { JobStore } from './job-store.ts';

export type StartJob = {
  readonly kind: string;
  readonly title: string;
  readonly input: unknown;
  /** As the kind counts. */
  readonly total: number;
  readonly rate: number | null;
  readonly cause: Cause;
};

/** It runs as soon as a node looks. */
export async function startJob(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly jobs: Pick<JobStore, 'save'>;
  },
  { kind, title, input, total, rate, cause }: StartJob,
): Promise<Job> {
  const now = deps.clock.now();
  const job: Job = {
    id: newId<JobId>(deps.clock),
    kind,
    title,
    input,
    state: 'running',
    total,
    done: 0,
    skipped: 0,
    failed: 0,
    cursor: null,
    rate,
    actor: cause.actor,
    createdAt: now,
    updatedAt: now,
    finishedAt: null,
  };
  await deps.transact(async () => {
    await deps.jobs.save(job);
    await deps.events.append([jobEvent('job.started', job, cause)]);
  });
  return job;
}
