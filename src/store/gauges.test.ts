import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aCertificate, anId, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { IssuerId } from '../authority/issuer.ts';

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
});
