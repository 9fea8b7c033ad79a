import assert from 'node:assert/strict';
import { anId, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import { minute } from '../lib/clock.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { createLeases } from '../lib/lease.ts';
import type { Job, JobId } from './job.ts';
import type { JobItem, JobKind, JobKinds, JobOutcome } from './job-kind.ts';
import { startJobRunner } from './job-runner.ts';
import { startJob } from './start-job.ts';
import { steerJob } from './steer-job.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const items: readonly JobItem[] = Array.from({ length: 120 }, (_, at) => {
  const id = String(at).padStart(3, '0');
  return { id, cursor: id };
});

/** Sees to each item by a setting of its name, so that what was done is as durable as the job's place. */
function kindOn(stores: Store, outcomeOf: (item: JobItem) => JobOutcome = () => ({ kind: 'done' })): JobKind {
  return {
    count: async () => items.length,
    next: async (_input, cursor, limit) =>
      items.filter((item) => cursor === null || item.cursor > cursor).slice(0, limit),
    async work(_input, batch) {
      const outcomes: JobOutcome[] = [];
      for (const item of batch) {
        const times = ((await stores.settings.get(item.id)) as number | null) ?? 0;
        await stores.settings.put(item.id, times + 1);
        outcomes.push(outcomeOf(item));
      }
      return outcomes;
    },
  };
}

async function timesDone(stores: Store): Promise<readonly unknown[]> {
  return Promise.all(items.map(({ id }) => stores.settings.get(id)));
}

function lab(
  stores: Store,
  kind: JobKind,
  options: { readonly node?: string; readonly onWait?: () => unknown; readonly others?: JobKinds } = {},
) {
  let monotonic = 0;
  const clock = { now: () => recordTime, monotonic: () => monotonic };
  const errors: unknown[] = [];
  const waits: number[] = [];
  const leases = createLeases({ ...stores, clock, node: options.node ?? 'a' });
  const runner = startJobRunner(
    { ...stores, clock, leases, leaseStore: stores.leases },
    {
      kinds: { test: kind, ...options.others },
      onError: (_message, error) => errors.push(error),
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        monotonic += milliseconds;
        await options.onWait?.();
      },
    },
  );
  const pass = (milliseconds: number) => {
    monotonic += milliseconds;
  };
  return { runner, errors, waits, leases, clock, pass };
}

const start = (stores: Store, given: Partial<Parameters<typeof startJob>[1]> = {}): Promise<Job> =>
  startJob(
    { ...stores, clock: { now: () => recordTime } },
    { kind: 'test', title: 'Test', input: {}, total: items.length, rate: null, cause: systemCause, ...given },
  );
const steer = (stores: Store, jobId: JobId, how: 'pause' | 'resume' | 'cancel') =>
  steerJob({ ...stores, clock: { now: () => recordTime } }, { jobId, steer: how, cause: systemCause });

storeTest('a job sees to every item once, counts what came of it, and says when it began and ended', async (stores) => {
  const job = await start(stores);
  const outcome = ({ id }: JobItem): JobOutcome =>
    id === '007'
      ? { kind: 'failed', name: 'Bond', code: 'busy', detail: 'out' }
      : { kind: id < '100' ? 'done' : 'skipped' };
  await using runner = lab(stores, kindOn(stores, outcome)).runner;
  await runner.settled();
  const after = await stores.jobs.get(job.id);
  assert.ok(after);
  assert.deepEqual([after.state, after.done, after.skipped, after.failed], ['done', 99, 20, 1]);
  assert.equal(after.finishedAt, recordTime);
  assert.deepEqual(new Set(await timesDone(stores)), new Set([1]));
  const failures = await stores.jobs.failures(job.id, { limit: 5, cursor: null });
  assert.deepEqual(
    failures.items.map(({ item, name, code, detail }) => [item, name, code, detail]),
    [['007', 'Bond', 'busy', 'out']],
  );
  const events = await stores.events.list(
    { subject: { kind: 'job', id: job.id }, types: null },
    { limit: 5, cursor: null },
  );
  assert.deepEqual(events.items.map(({ type }) => type).reverse(), ['job.started', 'job.finished']);
});

storeTest('an item that throws is recorded and left behind; the rest of its batch is done, once', async (stores) => {
  const job = await start(stores);
  const kind = kindOn(stores, (item) => {
    if (item.id === '060') throw new Error('a mistake');
    return { kind: 'done' };
  });
  const { runner, errors } = lab(stores, kind);
  await using _ = runner;
  await runner.settled();
  const after = await stores.jobs.get(job.id);
  assert.deepEqual([after?.state, after?.done, after?.failed], ['done', 119, 1]);
  assert.equal(errors.length, 1);
  const [failure] = (await stores.jobs.failures(job.id, { limit: 5, cursor: null })).items;
  assert.deepEqual([failure?.item, failure?.code], ['060', 'unforeseen']);
  const times = await timesDone(stores);
  assert.equal(times[60], null, 'what it had written is undone');
  assert.deepEqual(new Set(times.toSpliced(60, 1)), new Set([1]));
});

storeTest('what passes by itself is waited for and not recorded as failed', async (stores) => {
  const job = await start(stores);
  let away = true;
  const kind = kindOn(stores, () => {
    if (away) throw new Failure('unavailable', 'database-away', 'The database does not answer.');
    return { kind: 'done' };
  });
  const { runner, errors, pass } = lab(stores, kind);
  await using _ = runner;
  for (let tries = 0; tries < 10; tries++) {
    await runner.settled();
    pass(minute);
  }
  assert.equal(errors.length, 10);
  assert.ok(errors.every((error) => isFailure(error, 'database-away')));
  assert.deepEqual([(await stores.jobs.get(job.id))?.cursor, (await stores.jobs.get(job.id))?.failed], [null, 0]);
  away = false;
  await runner.settled();
  assert.equal((await stores.jobs.get(job.id))?.done, items.length);
});

storeTest('a job that always fails holds up no other, and is tried less and less often', async (stores) => {
  const broken = await start(stores, { kind: 'broken' });
  const job = await start(stores);
  const later = await start(stores, { rate: 6000 });
  let tries = 0;
  const away: JobKind = {
    ...kindOn(stores),
    next: async () => {
      tries++;
      throw new Failure('unavailable', 'somewhere-away', 'It does not answer.');
    },
  };
  const { runner, errors, pass } = lab(stores, kindOn(stores), { others: { broken: away } });
  await using _ = runner;
  await runner.settled();
  for (const { id } of [job, later]) assert.equal((await stores.jobs.get(id))?.state, 'done');
  assert.equal((await stores.jobs.get(broken.id))?.state, 'running');
  const before = tries;
  // As the schedule does it, for ten minutes.
  for (let seconds = 0; seconds < 600; seconds += 5) {
    await runner.settled();
    pass(5000);
  }
  assert.ok(tries - before >= 8 && tries - before <= 20, `${tries - before} tries in ten minutes`);
  assert.equal(errors.length, tries);
});

storeTest(
  'what always meets a conflict is left behind with its reason, after a while, and the rest is done',
  async (stores) => {
    const job = await start(stores);
    let tries = 0;
    const kind = kindOn(stores, ({ id }) => {
      if (id !== '060') return { kind: 'done' };
      tries++;
      throw new Failure('conflict', 'deployment-busy', 'Somebody is at it.');
    });
    const { runner, pass } = lab(stores, kind);
    await using _ = runner;
    await runner.settled();
    assert.equal((await stores.jobs.get(job.id))?.done, 60, 'those before it do not wait for it');
    for (let seconds = 0; seconds < 300; seconds += 5) {
      await runner.settled();
      pass(5000);
    }
    const after = await stores.jobs.get(job.id);
    assert.deepEqual([after?.state, after?.done, after?.failed], ['done', 119, 1]);
    assert.ok(tries > 5, 'it may have passed');
    const [failure] = (await stores.jobs.failures(job.id, { limit: 5, cursor: null })).items;
    assert.deepEqual([failure?.item, failure?.code, failure?.detail], ['060', 'deployment-busy', 'Somebody is at it.']);
  },
);

storeTest('a rate is kept: so many a minute, in small batches', async (stores) => {
  await start(stores, { rate: 60 });
  const { runner, waits } = lab(stores, kindOn(stores));
  await using _ = runner;
  await runner.settled();
  const waited = waits.reduce((sum, wait) => sum + wait, 0);
  assert.ok(waited >= 115_000 && waited <= 121_000, `${waited} ms for 120 items at 60 a minute`);
});

storeTest('paused it stops, resumed it goes on where it stood, cancelled it stays as it is', async (stores) => {
  const job = await start(stores, { rate: 600 });
  let waits = 0;
  const { runner } = lab(stores, kindOn(stores), {
    onWait: () => (++waits === 1 ? steer(stores, job.id, 'pause') : undefined),
  });
  await using _ = runner;
  await runner.settled();
  const paused = await stores.jobs.get(job.id);
  assert.deepEqual([paused?.state, paused?.done], ['paused', 50]);
  await runner.settled();
  assert.equal((await stores.jobs.get(job.id))?.done, 50);
  await steer(stores, job.id, 'resume');
  waits = 5;
  await runner.settled();
  assert.equal((await stores.jobs.get(job.id))?.state, 'done');
  assert.deepEqual(new Set(await timesDone(stores)), new Set([1]));
  await assert.rejects(steer(stores, job.id, 'pause'), (error) => isFailure(error, 'job-over'));
  const other = await start(stores);
  await steer(stores, other.id, 'cancel');
  await runner.settled();
  assert.deepEqual(
    [(await stores.jobs.get(other.id))?.state, (await stores.jobs.get(other.id))?.done],
    ['cancelled', 0],
  );
  await assert.rejects(steer(stores, anId<JobId>(), 'pause'), (error) => isFailure(error, 'job-not-found'));
});

storeTest('one node at a time works on jobs, and the next takes over where the first one stood', async (stores) => {
  const job = await start(stores);
  const stuck = kindOn(stores, ({ id }) => {
    if (id >= '050') throw new Failure('unavailable', 'database-away', '');
    return { kind: 'done' };
  });
  const first = lab(stores, stuck, { node: 'a' });
  const second = lab(stores, kindOn(stores), { node: 'b' });
  await using _ = second.runner;
  await first.runner.settled();
  assert.equal(first.errors.length, 1);
  await second.runner.settled();
  assert.equal((await stores.jobs.get(job.id))?.done, 50, 'the lease is the first one’s');
  await first.runner[Symbol.asyncDispose]();
  await first.leases[Symbol.asyncDispose]();
  await second.runner.settled();
  assert.equal((await stores.jobs.get(job.id))?.done, items.length);
  assert.deepEqual(new Set(await timesDone(stores)), new Set([1]));
});
