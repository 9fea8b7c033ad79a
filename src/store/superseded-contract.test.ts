import assert from 'node:assert/strict';
import {
  aCertificate,
  aChallenge,
  aDeployment,
  anIssuance,
  aScepProfile,
  recordTime,
} from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { CertificateId } from '../authority/certificate.ts';
import { supersede } from '../delivery/supersede.ts';
import { systemCause } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { revokeSuperseded } from '../lifecycle/revoke-superseded.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { ServerOptions } from '../profiles/scep-settings.ts';
import type { Store } from './store.ts';

function profileThat(
  supersededCertificates: ServerOptions['supersededCertificates'],
  base = aScepProfile(),
): ScepProfile {
  const { settings } = base;
  return { ...base, settings: { ...settings, server: { ...settings.server, supersededCertificates } } };
}

/** A deployment whose second certificate has just been found in place. */
async function renewed(stores: Store, profile: ScepProfile) {
  const deployment = aDeployment({ profileId: profile.id });
  const challenge = aChallenge(deployment);
  const first = aCertificate({ deploymentId: deployment.id, generation: 1 });
  const second = aCertificate({ deploymentId: deployment.id, generation: 2, renewsId: first.id });
  await stores.transact(async () => {
    await stores.profiles.save(profile);
    await stores.deployments.save([deployment]);
    await stores.challenges.insert([challenge]);
  });
  await stores.ledger.commit(anIssuance(deployment, challenge, { certificate: first }));
  const proof = { kind: 'certificate', certificateId: first.id } as const;
  const renewal = anIssuance(deployment, challenge, { certificate: second, proof, generation: 2 });
  assert.deepEqual(await stores.ledger.commit(renewal), { kind: 'committed' });
  const now = await stores.deployments.get(deployment.id);
  assert.ok(now);
  const installed = () =>
    stores.transact(async () => {
      if (await stores.installedCertificates.markInstalled(second.id, recordTime + 5))
        await supersede(
          { ...stores, certificates: stores.installedCertificates },
          { deployment: now, now: recordTime + 5, cause: systemCause },
        );
    });
  await installed();
  await installed();
  return { first, second, deployment };
}

async function sweep(stores: Store, now: number): Promise<readonly CertificateId[]> {
  const revoked: CertificateId[] = [];
  const revoke = async ({ certificateId, reason }: { certificateId: CertificateId; reason: string }) => {
    assert.equal(reason, 'superseded');
    revoked.push(certificateId);
    await stores.certificates.revoke(certificateId, now, 'superseded');
  };
  while ((await revokeSuperseded({ ...stores, clock: { now: () => now }, revoke }, { limit: 1 })) > 0);
  return revoked;
}

storeTest('the old one is revoked so many days after the new one was found in place, and once', async (stores) => {
  const { first, second, deployment } = await renewed(stores, profileThat({ action: 'revoke', afterDays: 3 }));
  const due = recordTime + 5 + 3 * day;
  const old = await stores.certificates.get(first.id);
  assert.deepEqual([old?.supersededAt, old?.revokeAt], [recordTime + 5, due]);
  assert.deepEqual(await sweep(stores, due - 1), []);
  assert.deepEqual(await sweep(stores, due), [first.id]);
  assert.deepEqual(await sweep(stores, due + day), []);
  assert.equal((await stores.certificates.get(second.id))?.revokedAt, null);
  const after = await stores.deployments.get(deployment.id);
  assert.ok(after?.renewAt !== null && (after?.renewAt ?? 0) > due + day, 'the current one is not to be replaced');
  const events = await stores.events.list(
    { subject: { kind: 'certificate', id: first.id }, types: ['certificate.superseded'] },
    { limit: 5, cursor: null },
  );
  assert.deepEqual(
    events.items.map(({ data }) => data),
    [{ by: second.id, revokeAt: due }],
  );
});

storeTest('left is left, also when the profile had decided otherwise before', async (stores) => {
  const left = await renewed(stores, profileThat({ action: 'leave', afterDays: 0 }));
  assert.equal((await stores.certificates.get(left.first.id))?.revokeAt, null);
  const profile = profileThat({ action: 'revoke', afterDays: 0 });
  const { first } = await renewed(stores, profile);
  const changed = { ...profileThat({ action: 'leave', afterDays: 0 }, profile), version: profile.version + 1 };
  await stores.transact(() => stores.profiles.save(changed));
  assert.deepEqual(await sweep(stores, recordTime + 900 * day), []);
  assert.equal((await stores.certificates.get(first.id))?.revokeAt, null);
});

storeTest('the current certificate, revoked, makes the next one due at once', async (stores) => {
  const { second, deployment } = await renewed(stores, profileThat({ action: 'leave', afterDays: 0 }));
  const at = recordTime + day;
  await stores.transact(() => stores.certificates.revoke(second.id, at, 'keyCompromise'));
  assert.equal((await stores.deployments.get(deployment.id))?.renewAt, at);
  const [found, ...others] = await stores.renewals.find(at, 10);
  assert.deepEqual([found?.deployment.id, found?.certificate.revokedAt, others], [deployment.id, at, []]);
});
