import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aDeployment, anId, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import { systemCause } from '../events/event.ts';
import type { Job, JobFailure, JobId } from '../jobs/job.ts';

const first = { limit: 2, cursor: null };

function aJob(given: Partial<Job> = {}): Job {
  return {
    id: anId<JobId>(),
    kind: 'test',
    title: 'Test',
    input: { of: ['anything', 1, null] },
    state: 'running',
    total: 3,
    done: 0,
    skipped: 0,
    failed: 0,
    cursor: null,
    rate: null,
    actor: systemCause.actor,
    createdAt: recordTime,
    updatedAt: recordTime,
    finishedAt: null,
    ...given,
  };
}

suite('jobs', () => {
  storeTest('are kept as they are, replaced by id, and listed by state, newest first', async (stores) => {
    const [old, recent] = [aJob(), aJob({ rate: 60, cursor: 'c' })];
    await stores.transact(async () => {
      await stores.jobs.save(old);
      await stores.jobs.save(recent);
    });
    assert.deepEqual(await stores.jobs.get(recent.id), recent);
    assert.equal(await stores.jobs.get(anId<JobId>()), null);
    const paused: Job = { ...old, state: 'paused', done: 2, cursor: 'b' };
    await stores.transact(async () => {
      assert.deepEqual(await stores.jobs.get(old.id, 'to-change'), old);
      await stores.jobs.save(paused);
    });
    assert.deepEqual((await stores.jobs.list({ state: null }, first)).items, [recent, paused]);
    assert.deepEqual((await stores.jobs.list({ state: 'running' }, first)).items, [recent]);
  });

  storeTest('keep what failed in its order, page by page, each its own', async (stores) => {
    const [job, other] = [aJob(), aJob()];
    const failure = (name: string): JobFailure => ({
      id: anId(),
      item: anId(),
      name,
      code: 'a-code',
      detail: 'why',
      at: recordTime,
    });
    const failures = ['a', 'b', 'c'].map(failure);
    await stores.transact(async () => {
      await stores.jobs.addFailures(job.id, failures.slice(0, 1));
      await stores.jobs.addFailures(other.id, [failure('x')]);
      await stores.jobs.addFailures(job.id, failures.slice(1));
    });
    const page = await stores.jobs.failures(job.id, first);
    assert.deepEqual(page.items, failures.slice(0, 2));
    assert.deepEqual(await stores.jobs.failures(job.id, { limit: 2, cursor: page.next }), {
      items: failures.slice(2),
      next: null,
    });
  });
});

storeTest('candidates for re-issue are wanted SCEP deployments up to a time, in order', async (stores) => {
  const [one, two] = [aDeployment(), aDeployment()];
  const others = [
    aDeployment({ wanted: false }),
    aDeployment({ kind: 'trustedCertificate' }),
    aDeployment({ createdAt: recordTime + 1 }),
  ];
  await stores.transact(() => stores.deployments.save([...others, two, one]));
  const all = { profileId: null, deviceId: null, until: recordTime };
  const briefly = ({ id, deviceId }: typeof one) => ({ id, deviceId });
  assert.deepEqual(await stores.reIssues.next(all, null, 9), [one, two].map(briefly));
  assert.deepEqual(await stores.reIssues.next(all, one.id, 9), [briefly(two)]);
  assert.deepEqual(await stores.reIssues.next(all, null, 1), [briefly(one)]);
  assert.deepEqual(await stores.reIssues.next({ ...all, profileId: two.profileId }, null, 9), [briefly(two)]);
  assert.deepEqual(await stores.reIssues.next({ ...all, deviceId: one.deviceId }, null, 9), [briefly(one)]);
  assert.deepEqual(
    await Promise.all(
      [all, { ...all, profileId: one.profileId, deviceId: two.deviceId }].map((query) => stores.reIssues.count(query)),
    ),
    [2, 0],
  );
});
