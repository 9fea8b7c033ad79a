import assert from 'node:assert/strict';
import { aDeployment, aDevice, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import type { Filter, FilterId } from '../assignments/filter/filter.ts';
import { readFilter } from '../assignments/filter/read-filter.ts';
import { type Deployment, isDue } from '../deployments/deployment.ts';
import { systemCause } from '../events/event.ts';
import { type ReIssueScope, reIssueJob } from './re-issue-job.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const everybody: ReIssueScope = { profileId: null, deviceId: null, filterId: null, until: recordTime };

const jobOn = (stores: Store) =>
  reIssueJob({ ...stores, clock: { now: () => recordTime + 1 }, candidates: stores.reIssues });

/** Held by a device each, the second of which has another name. */
async function fleet(stores: Store) {
  const devices = [
    aDevice({ deviceName: 'alpha' }),
    aDevice({ deviceName: 'beta' }),
    aDevice({ deviceName: 'alpha-2' }),
  ];
  const installed: Partial<Deployment> = { state: 'installed', generation: 1, issuedGeneration: 1 };
  const deployments = devices.map(({ id: deviceId }) => aDeployment({ deviceId, ...installed }));
  await stores.transact(async () => {
    await stores.devices.save(devices);
    await stores.deployments.save(deployments);
  });
  return { devices, deployments };
}

storeTest('everybody’s next certificate is opened, and each device woken', async (stores) => {
  const { deployments } = await fleet(stores);
  const job = jobOn(stores);
  assert.equal(await job.count(everybody), 3);
  const items = await job.next(everybody, null, 2);
  assert.deepEqual(
    items.map(({ id }) => id),
    deployments.slice(0, 2).map(({ id }) => id),
  );
  const outcomes = await stores.transact(() => job.work(everybody, items, systemCause));
  assert.deepEqual(outcomes, [{ kind: 'done' }, { kind: 'done' }]);
  const after = await Promise.all(deployments.map(({ id }) => stores.deployments.get(id)));
  assert.deepEqual(
    after.map((deployment) => deployment !== null && isDue(deployment)),
    [true, true, false],
  );
  assert.equal(await stores.dirtyQueue.size(), 2);
  const [rest, ...none] = await job.next(everybody, items.at(-1)?.cursor ?? null, 2);
  assert.deepEqual([rest?.id, none], [deployments[2]?.id, []]);
});

storeTest('what is due already is skipped; what cannot be issued fails with its reason and name', async (stores) => {
  const { devices, deployments } = await fleet(stores);
  const [due, unfit] = deployments;
  assert.ok(due && unfit);
  const problem = { code: 'variable-unresolved', detail: 'IMEI has no value', unresolved: [] };
  await stores.transact(() =>
    stores.deployments.save([
      { ...due, generation: 2 },
      { ...unfit, expectation: null, problem },
    ]),
  );
  const job = jobOn(stores);
  const items = await job.next(everybody, null, 2);
  const [first, second] = await stores.transact(() => job.work(everybody, items, systemCause));
  assert.equal(first?.kind, 'skipped');
  assert.ok(second?.kind === 'failed');
  assert.equal(second.code, 'deployment-not-issuable');
  assert.match(second.detail, /IMEI has no value/);
  assert.ok(second.name.startsWith(devices[1]?.deviceName ?? '-'));
});

storeTest('a filter selects by device, a page at a time', async (stores) => {
  const { deployments } = await fleet(stores);
  const rule = '(device.deviceName -startsWith "alpha")';
  const filter: Filter = {
    id: 'f' as FilterId,
    name: 'alphas',
    description: '',
    platform: 'windows10',
    rule,
    tree: readFilter(rule, 'windows10').tree,
    scopeTags: [],
    version: 1,
    createdAt: recordTime,
    updatedAt: recordTime,
  };
  await stores.transact(() => stores.filters.save(filter));
  const scope = { ...everybody, filterId: filter.id };
  const job = jobOn(stores);
  assert.equal(await job.count(scope), 2);
  const [first] = await job.next(scope, null, 1);
  const rest = await job.next(scope, first?.cursor ?? null, 5);
  assert.deepEqual([first?.id, ...rest.map(({ id }) => id)], [deployments[0]?.id, deployments[2]?.id]);
  assert.equal(await job.count({ ...scope, filterId: 'gone' as FilterId }), 0);
});
