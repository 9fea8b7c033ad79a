import { type Clock, minute, second } from '../lib/clock.ts';
import { isFailure } from '../lib/failure.ts';
import { fence, type Lease, type LeaseStore, type Leases } from '../lib/lease.ts';
import { nextTask } from '../lib/next-task.ts';
import type { Page } from '../lib/page.ts';
import type { Job, JobId } from './job.ts';
import type { JobKinds } from './job-kind.ts';
import type { JobStore } from './job-store.ts';
import { type WorkOnJobDeps, workOnJob } from './work-on-job.ts';

export type JobRunner = AsyncDisposable & {
  /** Looks for jobs that run; cheap, never throws. Called when one was started or steered, and on a schedule. */
  notify(): void;
  /** Resolves when none of the jobs that run can go on: what it met may pass, and it is tried again later. */
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
const longestPause = minute;
/** So often in a row an item may meet a conflict before it is left behind: about a minute in all. */
const patience = 6;

/** Before it is a job's turn again: `until` on the monotonic clock; `failures` in a row, 0: it keeps to its rate. */
type Pause = { readonly until: number; readonly failures: number };

/**
 * Works on all jobs that run, in turn and a batch at a time, as long as this node has the lease. One that fails is left
 * alone for longer and longer, and holds up no other. Disposing waits for the batch under way; another node, or the next
 * start, goes on where the cursor stands.
 */
export function startJobRunner(deps: JobRunnerDeps, options: JobRunnerOptions): JobRunner {
  const stop = new AbortController();
  const pauses = new Map<JobId, Pause>();
  let asked = false;
  let draining: Promise<void> | null = null;

  /** Answers whether there is more of it to do. */
  async function turn(job: Job, lease: Lease): Promise<boolean> {
    const kind = options.kinds[job.kind];
    // Of a newer release, which may still be at work beside this one.
    if (kind === undefined) return false;
    const failures = pauses.get(job.id)?.failures ?? 0;
    try {
      const { items, over } = await workOnJob(
        { ...deps, kind },
        {
          job,
          limit: batchSize(job.rate),
          patient: failures < patience,
          within: () => fence(deps.leaseStore, lease),
          onError: (error) => options.onError(`an item of the job “${job.title}” failed`, error),
        },
      );
      kind.afterBatch?.();
      pauses.delete(job.id);
      if (!over && job.rate !== null) pause(job, (items * minute) / job.rate, 0);
      return !over;
    } catch (error) {
      if (isFailure(error, 'lease-lost')) throw error;
      options.onError(`the job “${job.title}” waits and will be tried again`, error);
      pause(job, Math.min(longestPause, second * 2 ** failures), failures + 1);
      return true;
    }
  }

  function pause({ id }: Job, milliseconds: number, failures: number): void {
    pauses.set(id, { until: deps.clock.monotonic() + milliseconds, failures });
  }

  /** All that run, a batch each; how long until the next one is due, or null when none is left but those that fail. */
  async function round(): Promise<number | null> {
    const jobs = await running();
    for (const id of pauses.keys()) if (!jobs.some((job) => job.id === id)) pauses.delete(id);
    if (jobs.length === 0) return null;
    const lease = await deps.leases.holdLease(leaseName);
    if (lease === null) return null;
    let next: number | null = null;
    for (const job of jobs) {
      if (stop.signal.aborted) return null;
      const due = (pauses.get(job.id)?.until ?? 0) <= deps.clock.monotonic();
      if (due && !(await turn(job, lease))) continue;
      const { until = 0, failures = 0 } = pauses.get(job.id) ?? {};
      if (failures > 0) continue;
      const again = Math.max(0, until - deps.clock.monotonic());
      next = Math.min(next ?? again, again);
    }
    return next;
  }

  async function running(): Promise<readonly Job[]> {
    const jobs: Job[] = [];
    let cursor: string | null = null;
    do {
      const page: Page<Job> = await deps.jobs.list({ state: 'running' }, { limit: 100, cursor });
      jobs.push(...page.items);
      cursor = page.next;
    } while (cursor !== null);
    return jobs;
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
      draining = null;
    }
  }

  function start(): Promise<void> {
    asked = true;
    draining ??= drain();
    return draining;
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
      await draining?.catch(() => undefined);
    },
  };
}

/** At a rate: what five seconds may bring, so that it flows. */
function batchSize(rate: number | null): number {
  return rate === null ? largestBatch : Math.max(1, Math.min(largestBatch, Math.floor((rate * 5 * second) / minute)));
}
