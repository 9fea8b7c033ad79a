import { type Clock, minute, second } from '../lib/clock.ts';
import { fence, type Lease, type LeaseStore, type Leases } from '../lib/lease.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Job, JobId } from './job.ts';
import type { JobKinds } from './job-kind.ts';
import type { JobStore } from './job-store.ts';
import { type WorkOnJobDeps, workOnJob } from './work-on-job.ts';

export type JobRunner = AsyncDisposable & {
  /** Looks for jobs that run; cheap, never throws. Called when one was started or steered, and on a schedule. */
  notify(): void;
  /** Resolves when no job is left that runs without waiting for its rate. */
  settled(): Promise<void>;
};

export type JobRunnerDeps = Omit<WorkOnJobDeps, 'kind' | 'jobs' | 'clock'> & {
  readonly clock: Clock;
  readonly jobs: Pick<JobStore, 'get' | 'save' | 'addFailures' | 'list'>;
  readonly leases: Pick<Leases, 'holdLease'>;
  readonly leaseStore: Pick<LeaseStore, 'beat'>;
};

export type JobRunnerOptions = {
  readonly kinds: JobKinds;
  readonly onError: (message: string, error: unknown) => void;
  /** Waits, unless `stopped` comes first. */
  readonly wait: (milliseconds: number, stopped: AbortSignal) => Promise<void>;
};

const leaseName = 'jobs';
const largestBatch = 50;

/**
 * Works on all jobs that run, in turn and a batch at a time, as long as this node has the lease. Disposing waits for the
 * batch under way; another node, or the next start, goes on where the cursor stands.
 */
export function startJobRunner(deps: JobRunnerDeps, options: JobRunnerOptions): JobRunner {
  const stop = new AbortController();
  const notBefore = new Map<JobId, number>();
  let asked = false;
  let running: Promise<void> | null = null;

  async function turn(job: Job, lease: Lease): Promise<boolean> {
    const kind = options.kinds[job.kind];
    // Of a newer release, which may still be at work beside this one.
    if (kind === undefined) return false;
    const limit = batchSize(job.rate);
    const { items, over } = await workOnJob(
      { ...deps, kind },
      {
        job,
        limit,
        within: () => fence(deps.leaseStore, lease),
        onError: (error) => options.onError(`an item of the job “${job.title}” failed`, error),
      },
    );
    kind.afterBatch?.();
    if (over) notBefore.delete(job.id);
    else if (job.rate !== null) notBefore.set(job.id, deps.clock.monotonic() + (items * minute) / job.rate);
    return !over;
  }

  /** All that run, a batch each; how long until the next one is due, or null when nothing is left. */
  async function round(): Promise<number | null> {
    const { items: jobs } = await deps.jobs.list({ state: 'running' }, { limit: 100, cursor: null });
    if (jobs.length === 0) return null;
    const lease = await deps.leases.holdLease(leaseName);
    if (lease === null) return null;
    let next: number | null = null;
    for (const job of jobs) {
      if (stop.signal.aborted) return null;
      const wait = (notBefore.get(job.id) ?? 0) - deps.clock.monotonic();
      if (wait <= 0 && !(await turn(job, lease))) continue;
      const again = Math.max(0, (notBefore.get(job.id) ?? 0) - deps.clock.monotonic());
      next = Math.min(next ?? again, again);
    }
    return next;
  }

  async function drain(): Promise<void> {
    try {
      while (asked && !stop.signal.aborted) {
        asked = false;
        for (let next = await round(); next !== null && !stop.signal.aborted; next = await round()) {
          // A job that is paused or started meanwhile is seen in between.
          if (next > 0) await options.wait(Math.min(next, second), stop.signal);
          else await nextTask();
        }
      }
    } finally {
      running = null;
    }
  }

  function start(): Promise<void> {
    asked = true;
    running ??= drain();
    return running;
  }

  return {
    notify: () => {
      if (!stop.signal.aborted) start().catch((error) => options.onError('jobs wait and will be tried again', error));
    },
    settled: async () => {
      if (!stop.signal.aborted) await start();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running?.catch(() => undefined);
    },
  };
}

/** At a rate: what five seconds may bring, so that it flows. */
function batchSize(rate: number | null): number {
  return rate === null ? largestBatch : Math.max(1, Math.min(largestBatch, Math.floor((rate * 5 * second) / minute)));
}
