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
import type { CertificateId, RevocationReason } from '../authority/certificate.ts';
import { supersede } from '../delivery/supersede.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { systemCause } from '../events/event.ts';
import { day } from '../lib/clock.ts';
import { revokeSuperseded } from '../lifecycle/revoke-superseded.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { RemovalRule } from '../profiles/removal-rule.ts';
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
  const revoke = async ({ certificateId, reason }: { certificateId: CertificateId; reason: RevocationReason }) => {
    revoked.push(certificateId);
    await stores.certificates.revoke(certificateId, now, reason);
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
    [{ by: second.id, occasion: 'renewed', revokeAt: due, reason: 'superseded' }],
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

function withRule(profile: ScepProfile, profileChanged: RemovalRule): ScepProfile {
  const { settings } = profile;
  return { ...profile, settings: { ...settings, server: { ...settings.server, removal: { profileChanged } } } };
}

const leave = { action: 'leave', afterDays: 0 } as const;
const replacedAt = recordTime + 9;

/** A deployment with certificates of two generations whose third, asked for by an edit, is reported in place. */
async function edited(stores: Store, profile: ScepProfile) {
  const { first, second, deployment } = await renewed(stores, profile);
  const third = aCertificate({ deploymentId: deployment.id, generation: 3, renewsId: second.id });
  const known = await stores.deployments.get(deployment.id);
  assert.ok(known);
  const due = { ...known, generation: 3, editedGeneration: 3 };
  await stores.transact(() => stores.deployments.save([due]));
  const challenge = aChallenge(due, { generation: 3 });
  await stores.transact(() => stores.challenges.insert([challenge]));
  const issuance = anIssuance(due, challenge, { certificate: third, generation: 3 });
  assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
  return { first, second, third, deployment, replace: () => installed(stores, deployment.id, replacedAt) };
}

async function installed(stores: Store, id: Deployment['id'], now: number): Promise<void> {
  await stores.transact(async () => {
    const deployment = await stores.deployments.get(id);
    assert.ok(deployment);
    const certificates = stores.installedCertificates;
    await supersede({ ...stores, certificates }, { deployment, now, cause: systemCause });
  });
}

storeTest('what came before an edit is revoked once its successor is in place, also what was left', async (stores) => {
  const { first, second, third, deployment, replace } = await edited(stores, profileThat(leave));
  assert.deepEqual(await sweep(stores, recordTime + 900 * day), [], 'not before');
  await replace();
  await replace();
  assert.deepEqual(await sweep(stores, replacedAt), [first.id, second.id]);
  const old = await stores.certificates.get(first.id);
  const [before, current] = [await stores.certificates.get(second.id), await stores.certificates.get(third.id)];
  assert.deepEqual([old?.supersededAt, before?.supersededAt], [recordTime + 5, replacedAt], 'the first time stands');
  assert.deepEqual([before?.revocationReason, current?.revokedAt], ['superseded', null]);
  assert.equal((await stores.deployments.get(deployment.id))?.editedGeneration, null, 'the edit is done with');
  const events = await stores.events.list(
    { subject: { kind: 'certificate', id: second.id }, types: ['certificate.superseded'] },
    { limit: 5, cursor: null },
  );
  assert.deepEqual(
    events.items.map(({ data }) => data),
    [{ by: third.id, occasion: 'profileChanged', revokeAt: replacedAt, reason: 'superseded' }],
  );
});

storeTest('after an edit the rule of the profile counts, as it was when the successor came', async (stores) => {
  const rule = { removeFromDevice: true, revoke: true, afterDays: 2, reason: 'affiliationChanged' } as const;
  const profile = withRule(profileThat(leave), rule);
  const { first, second, replace } = await edited(stores, profile);
  await replace();
  const changed = { ...withRule(profile, { ...rule, revoke: false }), version: profile.version + 1 };
  await stores.transact(() => stores.profiles.save(changed));
  assert.deepEqual(await sweep(stores, replacedAt + 2 * day - 1), []);
  assert.deepEqual(await sweep(stores, replacedAt + 2 * day), [first.id, second.id]);
  assert.equal((await stores.certificates.get(second.id))?.revocationReason, 'affiliationChanged');
});

storeTest('where the rule revokes nothing after an edit, nothing is, not by a later rule either', async (stores) => {
  const rule = { removeFromDevice: true, revoke: false, afterDays: 0, reason: 'superseded' } as const;
  const always = { action: 'revoke', afterDays: 0 } as const;
  const profile = withRule(profileThat(leave), rule);
  const { second, deployment, replace } = await edited(stores, profile);
  await replace();
  assert.equal((await stores.certificates.get(second.id))?.supersededAt, replacedAt);
  const changed = { ...withRule(profileThat(always, profile), { ...rule, revoke: true }), version: 2 };
  await stores.transact(() => stores.profiles.save(changed));
  await installed(stores, deployment.id, replacedAt + day);
  assert.deepEqual(await sweep(stores, recordTime + 900 * day), []);
});

storeTest('an edit that came too late for what is installed just now waits for its own', async (stores) => {
  const { first, second, deployment } = await renewed(stores, profileThat(leave));
  const known = await stores.deployments.get(deployment.id);
  assert.ok(known);
  await stores.transact(() => stores.deployments.save([{ ...known, generation: 3, editedGeneration: 3 }]));
  await installed(stores, deployment.id, replacedAt);
  assert.deepEqual(await sweep(stores, recordTime + 900 * day), []);
  for (const { id } of [first, second]) assert.equal((await stores.certificates.get(id))?.revokedAt, null);
  assert.equal((await stores.deployments.get(deployment.id))?.editedGeneration, 3);
});
