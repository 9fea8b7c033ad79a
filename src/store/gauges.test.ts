import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aCertificate, aDeployment, anId, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { IssuerId } from '../authority/issuer.ts';
import { day } from '../lib/clock.ts';
import type { Delivery } from '../webhooks/delivery.ts';
import type { WebhookId } from '../webhooks/webhook.ts';

suite('gauges', () => {
  storeTest('tell of each list its age, and what was revoked since', async (stores) => {
    const issuerId = anId<IssuerId>();
    const crl = { der: new Uint8Array(3), number: 7, thisUpdate: recordTime, nextUpdate: recordTime + 5 };
    const revokedAt = [recordTime - 1, recordTime + 9_000, recordTime + 4_000];
    const certificates = revokedAt.map(() => aCertificate({ issuerId, shard: 0 }));
    await stores.transact(async () => {
      for (const shard of [0, 1]) await stores.crls.publish({ issuerId, shard, ...crl });
      for (const [at, certificate] of certificates.entries()) {
        await stores.certificates.insert(certificate);
        await stores.certificates.revoke(certificate.id, revokedAt[at] ?? 0, 'superseded');
      }
      await stores.crls.shown(certificates.slice(0, 1).map(({ id }) => id));
    });
    const { thisUpdate, nextUpdate, number } = crl;
    const all = { issuerId, number, thisUpdate, nextUpdate };
    assert.deepEqual(await stores.gauges.crls(), [
      { ...all, shard: 0, waiting: 2, waitingSince: recordTime + 4_000 },
      { ...all, shard: 1, waiting: 0, waitingSince: null },
    ]);
  });

  storeTest('count what ends when, without what is revoked', async (stores) => {
    await stores.transact(async () => {
      for (const [notAfter, revokedAt] of [
        [recordTime - 1, null],
        [recordTime, null],
        [recordTime + 9, null],
        [recordTime + 9, recordTime],
        [recordTime + 10, null],
        [recordTime + 99, null],
        [recordTime + 99, null],
      ] as const)
        await stores.certificates.insert(aCertificate({ notAfter: notAfter, revokedAt }));
    });
    assert.deepEqual(await stores.gauges.ends([recordTime, recordTime + 10, recordTime + 50]), [2, 1, 2]);
  });

  storeTest('tell of renewals that are due, and since when', async (stores) => {
    assert.deepEqual(await stores.gauges.renewals(recordTime), { due: 0, since: null });
    const issued = { generation: 1, issuedGeneration: 1, currentCertificateId: anId<string>() };
    await stores.transact(() =>
      stores.deployments.save([
        aDeployment({ ...issued, renewAt: recordTime - 5 }),
        aDeployment({ ...issued, renewAt: recordTime - 3 * day }),
        aDeployment({ ...issued, renewAt: recordTime + 5 }),
        aDeployment({ ...issued, renewAt: recordTime - 7 * day, wanted: false }),
        aDeployment({ ...issued, renewAt: recordTime - 7 * day, generation: 2 }),
      ]),
    );
    assert.deepEqual(await stores.gauges.renewals(recordTime), { due: 2, since: recordTime - 3 * day });
  });

  storeTest('tell what waits for whom', async (stores) => {
    assert.deepEqual(await stores.gauges.queues(), { approvals: 0, jobs: 0, removals: 0, removalsSince: null });
    assert.deepEqual(await stores.gauges.webhooks(), []);
    const id = anId<WebhookId>();
    const times = { since: recordTime, createdAt: recordTime, updatedAt: recordTime };
    const at = (createdAt: number, state: Delivery['state']): Delivery => ({
      id: anId<Delivery['id']>(),
      webhookId: id,
      messageId: anId<string>(),
      type: 'device.joined',
      body: '{}',
      state,
      attempts: 0,
      nextAttemptAt: recordTime,
      lastStatus: null,
      lastProblem: null,
      createdAt,
      finishedAt: null,
    });
    await stores.transact(async () => {
      await stores.webhooks.save({
        id,
        name: 'a',
        url: 'https://a.example/',
        eventTypes: ['*'],
        enabled: true,
        secrets: [],
        version: 1,
        ...times,
      });
      await stores.deliveries.insert([at(recordTime + 1, 'waiting'), at(recordTime + 2, 'waiting'), at(1, 'dead')]);
    });
    assert.deepEqual(await stores.gauges.webhooks(), [
      { name: 'a', enabled: true, waiting: 2, waitingSince: recordTime + 1, dead: 1, failures: 0 },
    ]);
  });
});
