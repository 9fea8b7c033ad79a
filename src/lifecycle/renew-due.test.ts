import assert from 'node:assert/strict';
import {
  aCertificate,
  aChallenge,
  aDeployment,
  anIssuance,
  aScepProfile,
  recordTime,
} from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { isDue } from '../deployments/deployment.ts';
import { statusOf } from '../deployments/deployment-status.ts';
import { renewalTime } from '../deployments/renewal-time.ts';
import { systemCause } from '../events/event.ts';
import { day, hour } from '../lib/clock.ts';
import { renewDue } from './renew-due.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

const profile = aScepProfile();
const threshold = profile.settings.renewalThreshold;
const start = recordTime - hour;
const end = start + 100 * day;
/** The first moment at which so many percent of the lifetime remain. */
const atThreshold = end - threshold * day;
/** By then all have had their turn. */
const afterSpread = atThreshold + (threshold / 4) * day;

/** A deployment of `profile` that holds a certificate, after `change`. */
async function holder(stores: Store, change: Partial<Deployment> = {}, certificate: Partial<Certificate> = {}) {
  const deployment = aDeployment({ profileId: profile.id });
  const challenge = aChallenge(deployment);
  const issued = aCertificate({
    deploymentId: deployment.id,
    generation: 1,
    notBefore: start,
    notAfter: end,
    ...certificate,
  });
  await stores.transact(async () => {
    await stores.deployments.save([deployment]);
    await stores.challenges.insert([challenge]);
  });
  const { at: renewAt } = renewalTime(issued, profile.settings, { deploymentId: deployment.id, generation: 1 });
  const issuance = anIssuance(deployment, challenge, { certificate: issued, renewAt });
  assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
  const held = await stores.deployments.get(deployment.id);
  assert.ok(held);
  await stores.transact(() => stores.deployments.save([{ ...held, state: 'installed', ...change }]));
  return { id: deployment.id, certificateId: issued.id, renewAt };
}

async function sweep(stores: Store, now: number, limit = 100): Promise<number> {
  return renewDue({ ...stores, clock: { now: () => now } }, { limit, cause: systemCause });
}

async function known(stores: Store): Promise<void> {
  await stores.transact(async () => {
    await stores.profiles.save(profile);
  });
}

storeTest('a certificate is renewed at its own moment after the threshold and not before, once', async (stores) => {
  await known(stores);
  const { id, renewAt } = await holder(stores);
  assert.ok(renewAt >= atThreshold && renewAt < afterSpread);
  assert.equal(await sweep(stores, renewAt - 1), 0);
  assert.equal(await sweep(stores, renewAt), 1);
  const deployment = await stores.deployments.get(id);
  assert.ok(deployment && isDue(deployment));
  assert.deepEqual([deployment.generation, deployment.issuedGeneration, deployment.state], [2, 1, 'renewalRequested']);
  assert.equal(await sweep(stores, afterSpread + day), 0);
  const subject = { kind: 'deployment', id } as const;
  const events = await stores.events.list({ subject, types: ['deployment.changed'] }, { limit: 5, cursor: null });
  assert.deepEqual(
    events.items.map(({ data }) => data.reason),
    ['threshold'],
  );
});

storeTest(
  'a certificate whose successor cannot be made says so when its time has come, and is not called well',
  async (stores) => {
    await known(stores);
    const problem = { code: 'variable-unresolved', detail: 'There is no mail address.', unresolved: [] };
    const { id } = await holder(stores, { expectation: null, problem });
    assert.equal(await sweep(stores, afterSpread), 1);
    const deployment = await stores.deployments.get(id);
    assert.ok(deployment && !isDue(deployment));
    assert.deepEqual(
      [deployment.generation, deployment.state, deployment.problem, statusOf(deployment)],
      [2, 'challengeIssueFailed', problem, 'error'],
    );
    assert.equal(await sweep(stores, afterSpread + day), 0);
  },
);

storeTest('what was revoked or ended is asked for anew', async (stores) => {
  await known(stores);
  const revoked = await holder(stores);
  await stores.transact(() => stores.certificates.revoke(revoked.certificateId, recordTime, 'keyCompromise'));
  const ended = await holder(stores, {}, { notAfter: recordTime + day });
  const fine = await holder(stores);
  assert.equal(await sweep(stores, recordTime + 2 * day), 2);
  const deployment = await stores.deployments.get(revoked.id);
  assert.deepEqual([deployment?.generation, deployment?.state], [2, 'requested']);
  assert.equal((await stores.deployments.get(ended.id))?.generation, 2);
  assert.equal((await stores.deployments.get(fine.id))?.generation, 1);
});

storeTest('nothing is renewed that is unwanted or due already', async (stores) => {
  await known(stores);
  await holder(stores, { wanted: false });
  await holder(stores, { generation: 2 });
  assert.equal(await sweep(stores, end + day), 0);
});

storeTest('a sweep takes no more than it was told, the most urgent first', async (stores) => {
  await known(stores);
  const later = await holder(stores, {}, { notAfter: end + 60 * day });
  const sooner = await holder(stores);
  assert.equal(await sweep(stores, end + 60 * day, 1), 1);
  assert.equal((await stores.deployments.get(sooner.id))?.generation, 2);
  assert.equal((await stores.deployments.get(later.id))?.generation, 1);
});
