/** One batch of a job: its items, its numbers and its cursor, in one transaction. */
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { type Failure, isFailure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { Job, JobFailure } from './job.ts';
import { jobEvent } from './job-event.ts';
import type { JobItem, JobKind, JobOutcome } from './job-kind.ts';
import type { JobStore } from './job-store.ts';

export type WorkOnJobDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly jobs: Pick<JobStore, 'get' | 'save' | 'addFailures'>;
  readonly kind: JobKind;
};

export type WorkedOnJob = {
  /** Items that were seen to; 0 as well when somebody else was quicker. */
  readonly items: number;
  readonly over: boolean;
};

const nothing: WorkedOnJob = { items: 0, over: true };

/**
 * `within` runs first in the transaction: where a lease is checked. An item that throws, alone too, is recorded as failed
 * with `onError` told why. `unavailable` failures are thrown, for those pass, and so is the conflict of an item alone as
 * long as one is `patient`; afterwards it is recorded, with what it says.
 */
export async function workOnJob(
  deps: WorkOnJobDeps,
  input: {
    readonly job: Job;
    readonly limit: number;
    readonly patient: boolean;
    readonly within: () => Promise<void>;
    readonly onError: (error: unknown) => void;
  },
): Promise<WorkedOnJob> {
  const { job, limit } = input;
  const items = await deps.kind.next(job.input, job.cursor, limit);
  try {
    return await commit(deps, input, items, () => deps.kind.work(job.input, items, causeOf(job)));
  } catch (error) {
    const [first] = items;
    if (first === undefined || passes(error)) throw error;
    if (items.length > 1) return workOnJob(deps, { ...input, limit: 1 });
    const conflict = isFailure(error) && error.kind === 'conflict';
    if (conflict && input.patient) throw error;
    input.onError(error);
    return commit(deps, input, items, async () => [conflict ? conflicting(first, error) : unforeseen(first)]);
  }
}

function commit(
  deps: WorkOnJobDeps,
  { job, within }: { readonly job: Job; readonly within: () => Promise<void> },
  items: readonly JobItem[],
  work: () => Promise<readonly JobOutcome[]>,
): Promise<WorkedOnJob> {
  return deps.transact(async () => {
    await within();
    const known = await deps.jobs.get(job.id, 'to-change');
    if (known === null || known.state !== 'running') return nothing;
    // Another node went on from there.
    if (known.cursor !== job.cursor) return { items: 0, over: false };
    const outcomes = items.length === 0 ? [] : await work();
    const now = deps.clock.now();
    const count = (kind: JobOutcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
    const after: Job = {
      ...known,
      done: known.done + count('done'),
      skipped: known.skipped + count('skipped'),
      failed: known.failed + count('failed'),
      cursor: items.at(-1)?.cursor ?? known.cursor,
      updatedAt: now,
      ...(items.length === 0 && { state: 'done', finishedAt: now }),
    };
    await deps.jobs.save(after);
    await deps.jobs.addFailures(job.id, failuresOf(items, outcomes, deps.clock));
    if (after.state === 'done') await deps.events.append([jobEvent('job.finished', after, causeOf(job))]);
    return { items: items.length, over: after.state === 'done' };
  });
}

function failuresOf(
  items: readonly JobItem[],
  outcomes: readonly JobOutcome[],
  clock: Pick<Clock, 'now'>,
): readonly JobFailure[] {
  return outcomes.flatMap((outcome, at) => {
    const item = items[at]?.id;
    if (outcome.kind !== 'failed' || item === undefined) return [];
    const { name, code, detail } = outcome;
    return [{ id: newId(clock), item, name, code, detail, at: clock.now() }];
  });
}

function unforeseen({ id }: JobItem): JobOutcome {
  const detail = 'It failed in a way that was not foreseen; the server’s log has the error. The other items went on.';
  return { kind: 'failed', name: id, code: 'unforeseen', detail };
}

function conflicting({ id }: JobItem, { code, message }: Failure): JobOutcome {
  return { kind: 'failed', name: id, code, detail: message };
}

function passes(error: unknown): boolean {
  return isFailure(error, 'lease-lost') || (isFailure(error) && error.kind === 'unavailable');
}

function causeOf({ actor }: Job): Cause {
  return { actor, requestId: null };
}
