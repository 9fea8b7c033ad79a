import assert from 'node:assert/strict';
import { aDeployment, anId, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { type Deployment, type DeploymentId, isDue } from '../deployments/deployment.ts';
import { systemCause } from '../events/event.ts';
import { reIssue } from './re-issue.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

async function stored(stores: Store, change: Partial<Deployment>): Promise<Deployment> {
  const deployment = aDeployment({ state: 'installed', generation: 1, issuedGeneration: 1, ...change });
  await stores.transact(() => stores.deployments.save([deployment]));
  return deployment;
}

const ask = (stores: Store, deploymentId: DeploymentId) =>
  reIssue({ ...stores, clock: { now: () => recordTime } }, { deploymentId, cause: systemCause });

storeTest('opens the next generation, says so, and has the device woken', async (stores) => {
  const { id, deviceId } = await stored(stores, {});
  const result = await ask(stores, id);
  const kept = await stores.deployments.get(id);
  assert.deepEqual(kept, result);
  assert.ok(kept && isDue(kept));
  assert.deepEqual([kept.generation, kept.state], [2, 'renewalRequested']);
  const subject = { kind: 'deployment', id } as const;
  const { items } = await stores.events.list({ subject, types: null }, { limit: 5, cursor: null });
  assert.deepEqual(
    items.map(({ type, data }) => [type, data.reason]),
    [['deployment.changed', 're-issue']],
  );
  assert.deepEqual(
    (await stores.transact(() => stores.dirtyQueue.take(5))).map((taken) => taken.deviceId),
    [deviceId],
  );
});

storeTest('where one is due already nothing changes', async (stores) => {
  const deployment = await stored(stores, { generation: 2, state: 'renewalRequested' });
  assert.deepEqual(await ask(stores, deployment.id), deployment);
  assert.equal(await stores.dirtyQueue.size(), 0);
});

storeTest('an administrator’s rejection is undone by another generation, which asks anew', async (stores) => {
  const request = (deployment: Deployment, generation: number, state: 'waiting' | 'rejected') =>
    stores.transact(() =>
      stores.pendingRequests.save({
        id: anId(),
        deploymentId: deployment.id,
        revision: deployment.revision,
        generation,
        transactionID: 'T',
        keyHash: 'k',
        certificationRequest: new Uint8Array([48, 0]),
        proof: { kind: 'challenge', id: 'c' },
        state,
        createdAt: recordTime,
        decidedAt: null,
        decidedBy: null,
      }),
    );
  const problem = { code: 'approval-rejected', detail: 'An administrator rejected the request.', unresolved: [] };
  const first = await stored(stores, { issuedGeneration: 0, state: 'issueFailed', problem });
  await request(first, 1, 'rejected');
  const reopened = await ask(stores, first.id);
  assert.deepEqual([reopened.generation, reopened.state, reopened.problem], [2, 'requested', null]);
  assert.deepEqual(await ask(stores, first.id), reopened, 'asked for twice it is one');

  const renewing = await stored(stores, {});
  await request(renewing, 2, 'rejected');
  assert.equal((await ask(stores, renewing.id)).generation, 3, 'a renewal by certificate was rejected');

  const waits = await stored(stores, { issuedGeneration: 0, state: 'issuePending' });
  await request(waits, 1, 'waiting');
  assert.deepEqual(await ask(stores, waits.id), waits, 'a request that waits is not overtaken');
});

storeTest('what cannot be issued is refused, with the reason', async (stores) => {
  const problem = { code: 'variable-unresolved', detail: 'No value for {{SerialNumber}}.', unresolved: [] };
  for (const change of [
    { kind: 'trustedCertificate', expectation: null },
    { wanted: false },
    { expectation: null, problem },
  ] satisfies Partial<Deployment>[]) {
    const { id } = await stored(stores, change);
    await assert.rejects(ask(stores, id), { kind: 'conflict', code: 'deployment-not-issuable' });
  }
  await assert.rejects(ask(stores, 'none' as DeploymentId), { code: 'deployment-not-found' });
});
