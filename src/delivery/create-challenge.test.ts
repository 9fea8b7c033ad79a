import assert from 'node:assert/strict';
import { aDeployment, anId, aScepProfile, recordTime } from '../../test/support/records.ts';
import { type openTestStores, storeTest } from '../../test/support/stores.ts';
import { hashSecret } from '../crypto/secret.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { UserId } from '../directory/user.ts';
import { systemCause } from '../events/event.ts';
import { minute } from '../lib/clock.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import { createChallenge } from './create-challenge.ts';

type Store = Awaited<ReturnType<typeof openTestStores>>;

async function given(stores: Store, change: Partial<Deployment> = {}, settings: Partial<ScepProfile['settings']> = {}) {
  const plain = aScepProfile();
  const profile = { ...plain, settings: { ...plain.settings, scepServerUrls: [], ...settings } } as ScepProfile;
  const deployment = aDeployment({ profileId: profile.id, generation: 1, issuedGeneration: 0, ...change });
  await stores.transact(async () => {
    await stores.profiles.save(profile);
    await stores.deployments.save([deployment]);
  });
  const ask = (userId: UserId | null = null) =>
    createChallenge(
      { ...stores, clock: { now: () => recordTime }, ownAddresses: ['https://scep.example.org'] },
      { profileId: profile.id, deviceId: deployment.deviceId, userId, cause: systemCause },
    );
  return { profile, deployment, ask };
}

storeTest(
  'the secret serves what the deployment expects, at its own address, for the lifetime of the profile',
  async (stores) => {
    const { profile, deployment, ask } = await given(stores);
    const made = await ask();
    assert.equal(made.scepUrl, `https://scep.example.org/scep/${profile.slug}/d/${deployment.deliveryRef}`);
    assert.equal(made.expiresAt, recordTime + profile.settings.server.challengeLifetime * minute);
    assert.deepEqual(made.expected, deployment.expectation);
    const kept = await stores.challenges.findBySecretHash(hashSecret(made.challenge));
    assert.deepEqual([kept?.deploymentId, kept?.state], [deployment.id, 'live']);
    assert.equal((await stores.deployments.get(deployment.id))?.state, 'challengeIssued');
  },
);

storeTest('an address that the profile names goes before our own', async (stores) => {
  const { ask } = await given(stores, {}, { scepServerUrls: ['https://other.example.net/scep'] });
  assert.equal((await ask()).scepUrl, 'https://other.example.net/scep');
});

storeTest('a certificate that is there must be re-issued first', async (stores) => {
  const { ask } = await given(stores, { issuedGeneration: 1, state: 'installed' });
  await assert.rejects(ask(), { code: 'certificate-not-due', kind: 'conflict', message: /--reissue/ });
});

storeTest('what stands in the way is said', async (stores) => {
  const problem = { code: 'variable-unresolved', detail: 'No value for {{SerialNumber}}.', unresolved: [] };
  await assert.rejects((await given(stores, { expectation: null, problem })).ask(), {
    code: 'expectation-failed',
    message: problem.detail,
  });
  await assert.rejects((await given(stores, { wanted: false })).ask(), {
    code: 'profile-not-assigned',
    message: /registeredAt/,
  });
});

storeTest('a user who is named must be the one that it is for', async (stores) => {
  const userId = anId<UserId>();
  const { ask } = await given(stores, { userId });
  assert.match((await ask(userId)).challenge, /^[A-Z2-7]{26}$/);
  await assert.rejects(ask(anId<UserId>()), { code: 'user-mismatch' });
});
