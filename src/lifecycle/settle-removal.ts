import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { isOver, type JobId } from '../jobs/job.ts';
import type { JobStore } from '../jobs/job-store.ts';
import type { StartJob, startJob } from '../jobs/start-job.ts';
import type { Bound } from '../lib/bound.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { RemovalCase, RemovalCaseId } from './removal.ts';
import type { RemovalCaseStore } from './removal-case-store.ts';
import { caseEvent } from './removal-event.ts';
import { removalJobKind } from './removal-job.ts';
import type { StopCountingRemovals } from './removal-store.ts';

export type SettleDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly removalCases: Pick<RemovalCaseStore, 'get' | 'save' | 'sizes'>;
  readonly jobs: Pick<JobStore, 'get'>;
  readonly stopCountingRemovals: StopCountingRemovals;
  readonly startJob: Bound<typeof startJob>;
};

type Settle = { readonly caseId: RemovalCaseId; readonly cause: Cause };

/**
 * They are removed and revoked by a job, those that are wanted again by then excepted. One that was rejected may be
 * confirmed later, one whose job was ended again. Failures: `removal-not-found`, `removal-settled`.
 */
export async function confirmRemoval(
  deps: SettleDeps,
  { caseId, title, rate, cause }: Settle & Pick<StartJob, 'title' | 'rate'>,
): Promise<RemovalCase> {
  return deps.transact(async () => {
    const one = await find(deps, caseId);
    const job = one.jobId === null ? null : await deps.jobs.get(one.jobId as JobId);
    if (one.state === 'undone' || (job !== null && !isOver(job))) throw settled(one);
    const total = (await deps.removalCases.sizes([caseId])).get(caseId) ?? 0;
    if (one.state === 'confirmed' && total === 0) throw settled(one);
    const input = { caseId };
    const { id: jobId } = await deps.startJob({ kind: removalJobKind, title, input, total, rate, cause });
    const decided = { decidedAt: deps.clock.now(), decidedBy: cause.actor };
    const confirmed: RemovalCase = { ...one, ...decided, state: 'confirmed', jobId };
    await deps.removalCases.save(confirmed);
    // Whoever says that these are meant says so of those that went before them: the next one alone is no mass removal.
    await deps.stopCountingRemovals(one.occasion);
    await deps.events.append([caseEvent('removal.confirmed', confirmed, cause, { deployments: total })]);
    return confirmed;
  });
}

/** Nothing is taken: devices keep what they have until the cause is undone, or somebody confirms it after all. */
export async function rejectRemoval(
  deps: Omit<SettleDeps, 'jobs' | 'startJob' | 'stopCountingRemovals'>,
  input: Settle,
): Promise<RemovalCase> {
  const { caseId, cause } = input;
  return deps.transact(async () => {
    const one = await find(deps, caseId);
    if (one.state === 'rejected') return one;
    if (one.state !== 'waiting') throw settled(one);
    const decided = { decidedAt: deps.clock.now(), decidedBy: cause.actor };
    const rejected: RemovalCase = { ...one, ...decided, state: 'rejected' };
    await deps.removalCases.save(rejected);
    await deps.events.append([caseEvent('removal.rejected', rejected, cause)]);
    return rejected;
  });
}

async function find(
  { removalCases }: { readonly removalCases: Pick<RemovalCaseStore, 'get'> },
  removal: RemovalCaseId,
): Promise<RemovalCase> {
  const one = await removalCases.get(removal, 'to-change');
  if (one !== null) return one;
  throw new Failure('not-found', 'removal-not-found', 'There is no such mass removal.', { removal });
}

function settled({ id, state }: RemovalCase): Failure {
  const why =
    state === 'undone'
      ? 'All of them are wanted again: nothing is left to decide.'
      : 'It is confirmed, and carried out or under way: see its job.';
  return new Failure('conflict', 'removal-settled', why, { removal: id, state });
}
