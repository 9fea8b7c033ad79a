import { setTimeout as sleep } from 'node:timers/promises';
import type { JobKinds } from '../jobs/job-kind.ts';
import { type JobRunner, startJobRunner } from '../jobs/job-runner.ts';
import { startJob } from '../jobs/start-job.ts';
import { steerJob } from '../jobs/steer-job.ts';
import type { Bound } from '../lib/bound.ts';
import { type ReIssueScope, reIssueJob, reIssueJobKind } from '../lifecycle/re-issue-job.ts';
import type { Foundation } from './foundation.ts';

export type JobsFeature = AsyncDisposable & {
  readonly runner: JobRunner;
  readonly startJob: Bound<typeof startJob>;
  readonly steerJob: Bound<typeof steerJob>;
  readonly countReIssue: (scope: ReIssueScope) => Promise<number>;
};

/** Works on jobs that run, from now on. */
export function composeJobs(foundation: Foundation, others: JobKinds): JobsFeature {
  const { store, clock, leases, log } = foundation;
  const reIssue = reIssueJob({ ...store, clock, candidates: store.reIssues });
  const kinds: JobKinds = { ...others, [reIssueJobKind]: reIssue };
  const runner = startJobRunner(
    { ...store, clock, leases, leaseStore: store.leases },
    {
      kinds,
      wait: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }).catch(() => undefined),
      onError: (message, error) => log.error(message, error),
    },
  );
  return {
    runner,
    countReIssue: (scope) => reIssue.count(scope),
    startJob: async (input) => {
      const job = await startJob({ ...store, clock }, input);
      setImmediate(runner.notify);
      return job;
    },
    steerJob: async (input) => {
      const job = await steerJob({ ...store, clock }, input);
      setImmediate(runner.notify);
      return job;
    },
    [Symbol.asyncDispose]: () => runner[Symbol.asyncDispose](),
  };
}
