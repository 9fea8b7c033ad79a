/** What goes by age, and what never does, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import {
  aCertificate,
  aChallenge,
  aDeployment,
  anId,
  aScepTransaction,
  recordTime,
} from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import { systemCause } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { applyRetention } from '../lifecycle/retention/apply-retention.ts';
import { defaultRetention, type Retention } from '../lifecycle/retention/retention.ts';
import { saveRetention } from '../lifecycle/retention/save-retention.ts';
import type { Store } from './store.ts';

type Stores = Pick<Store, 'transact' | 'expired' | 'retention' | 'events' | 'certificates'>;

function run(stores: Stores, now: number) {
  const by = { clock: { now: () => now }, publish: stores.transact };
  return applyRetention({ ...stores, pruneEvents: async () => null, by }, { cause: systemCause });
}

const end = recordTime + 365 * day;
const old = end + 731 * day;

suite('retention', () => {
  storeTest('removes certificates long after their end, and none that is needed', async (stores) => {
    const issuerId = 'issuer-1' as Certificate['issuerId'];
    const revoked = { revokedAt: recordTime, revocationReason: 'keyCompromise' } as const;
    const spent = aCertificate();
    const shown = aCertificate(revoked);
    const unshown = aCertificate({ ...revoked, shard: 1 });
    const current = aCertificate();
    const former = aCertificate();
    const young = aCertificate({ notAfter: end + 10 * day });
    const own = aCertificate({ purpose: 'ra' });
    const wanted = aDeployment({ currentCertificateId: current.id });
    const unwanted = aDeployment({ currentCertificateId: former.id, wanted: false, state: 'deleted' });
    const stay = [unshown, { ...current, deploymentId: wanted.id, generation: 1 }, young, own];
    const go = [spent, shown, { ...former, deploymentId: unwanted.id, generation: 1 }];
    const crl = { issuerId, number: 1, der: new Uint8Array([1]), nextUpdate: end + 9 * day };
    await stores.transact(async () => {
      await stores.deployments.save([wanted, unwanted]);
      for (const each of [...stay, ...go]) await stores.certificates.insert(each);
      await stores.crls.publish({ ...crl, shard: 0, thisUpdate: end + 1 });
      await stores.crls.publish({ ...crl, shard: 1, thisUpdate: end - 1 });
    });
    assert.equal((await run(stores, end + 729 * day)).certificates, 0);
    assert.equal((await run(stores, old)).certificates, 3);
    for (const { id } of stay) assert.notEqual(await stores.certificates.get(id), null);
    for (const { id } of go) assert.equal(await stores.certificates.get(id), null);
    const { items } = await stores.events.list({ subject: null, types: ['audit.pruned'] }, { limit: 5, cursor: null });
    assert.deepEqual(items[0]?.data.pruned, { events: 0, scepTransactions: 0, challenges: 0, certificates: 3 });
    assert.equal((await run(stores, old)).certificates, 0);
  });

  storeTest('removes SCEP transactions and challenges by age, not one that waits for a word', async (stores) => {
    const deployment = aDeployment();
    const bound = aChallenge(deployment, { boundKey: 'k' });
    const live = aChallenge(deployment);
    const spent = aChallenge(deployment, { state: 'spent', boundKey: 'k' });
    await stores.transact(async () => {
      await stores.challenges.insert([bound, live, spent]);
      for (let count = 0; count < 450; count++) await stores.scepTransactions.append(aScepTransaction());
      await stores.scepTransactions.append(
        aScepTransaction({ deploymentId: deployment.id, at: recordTime + 200 * day }),
      );
    });
    const pruned = await run(stores, recordTime + 300 * day);
    assert.deepEqual(pruned, { events: 0, scepTransactions: 450, challenges: 2, certificates: 0 });
    assert.deepEqual(
      (await stores.challenges.byDeployment(deployment.id, 9)).map(({ id }) => id),
      [bound.id],
    );
    assert.equal((await stores.scepTransactions.listByDeployment(deployment.id, 9)).length, 1);
  });

  storeTest('is a setting that says what changed, and 0 keeps for ever', async (stores) => {
    const save = (change: Partial<Retention>) => saveRetention(stores, { change, cause: systemCause });
    assert.deepEqual(await stores.retention.get(), defaultRetention);
    for (const change of [{ events: 29 }, { events: -1 }, { challenges: 2.5 }, { certificates: 40_000 }])
      await assert.rejects(save(change), { code: 'retention-out-of-range', kind: 'invalid' });
    assert.equal((await save({ scepTransactions: 0 })).scepTransactions, 0);
    const { items } = await stores.events.list(
      { subject: null, types: ['audit.retention-changed'] },
      { limit: 5, cursor: null },
    );
    assert.deepEqual(
      items.map(({ data }) => data.changes),
      [[{ field: 'scepTransactions', before: 180, after: 0 }]],
    );
    await stores.transact(() => stores.scepTransactions.append(aScepTransaction({ id: anId() })));
    assert.equal((await run(stores, recordTime + 9000 * day)).scepTransactions, 0);
  });
});
