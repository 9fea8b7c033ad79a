/** Profiles, assignments, deployments, challenges and what a SCEP call looks up, on both stores. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aCertificate, aChallenge, aDeployment, anId, aScepProfile, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Assignment } from '../assignments/assignment.ts';
import { type Deployment, type DeploymentCause, deploymentStates } from '../deployments/deployment.ts';
import type { DeploymentMove } from '../deployments/deployment-store.ts';
import { move, sourcesOf, stateTable } from '../deployments/state-table.ts';
import type { PendingRequest } from '../enrollment/pending-request.ts';
import { isFailure } from '../lib/failure.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { Store } from './store.ts';

const first = { limit: 10, cursor: null };

function save(stores: Store, ...deployments: Deployment[]): Promise<void> {
  return stores.transact(() => stores.deployments.save(deployments));
}

suite('profiles', () => {
  storeTest('are saved version by version', async (stores) => {
    const profile = aScepProfile();
    const saved = (value: ScepProfile) => stores.transact(() => stores.profiles.save(value));
    assert.equal(await saved(profile), true);
    assert.equal(await saved(profile), false, 'version 1 is there');
    assert.equal(await saved({ ...profile, version: 3 }), false, 'version 2 is missing');
    const second = { ...profile, version: 2, name: 'Wi-Fi 2', scopeTags: [] };
    assert.equal(await saved(second), true);
    assert.equal(await saved({ ...second, name: 'late' }), false);
    assert.deepEqual(await stores.profiles.get(profile.id), second);
    assert.deepEqual(await stores.profiles.findBySlug(profile.slug), second);
    await stores.transact(() => stores.profiles.remove(profile.id));
    assert.equal(await stores.profiles.get(profile.id), null);
  });

  storeTest('have slugs of their own', async (stores) => {
    const profile = aScepProfile();
    await stores.transact(() => stores.profiles.save(profile));
    const twin = aScepProfile({ slug: profile.slug });
    await assert.rejects(
      stores.transact(() => stores.profiles.save(twin)),
      (error) => isFailure(error, 'already-exists'),
    );
  });

  storeTest('are listed by name, platform and search', async (stores) => {
    const wifi = aScepProfile({ name: 'WLAN Büro' });
    const vpn = aScepProfile({ name: 'vpn', settings: { ...wifi.settings, platform: 'ios' } as never });
    await stores.transact(async () => {
      for (const profile of [wifi, vpn]) await stores.profiles.save(profile);
    });
    assert.deepEqual(await stores.profiles.all(), [vpn, wifi]);
    assert.deepEqual(await stores.profiles.findByName('wlan büro'), [wifi]);
    assert.deepEqual((await stores.profiles.list({ search: 'BÜ', platform: null }, first)).items, [wifi]);
    assert.deepEqual((await stores.profiles.list({ search: null, platform: 'ios' }, first)).items, [vpn]);
    const page = await stores.profiles.list({ search: null, platform: null }, { limit: 1, cursor: null });
    assert.deepEqual(
      (await stores.profiles.list({ search: null, platform: null }, { limit: 1, cursor: page.next })).items,
      [wifi],
    );
  });
});

suite('assignments', () => {
  storeTest('of one profile are replaced together and keep their order', async (stores) => {
    const [profileId, otherId] = [anId<Assignment['profileId']>(), anId<Assignment['profileId']>()];
    const one = (of: Assignment['profileId'], target: Assignment['target']): Assignment => ({
      id: anId<Assignment['id']>(),
      profileId: of,
      mode: 'include',
      target,
      filter: null,
    });
    const group = one(profileId, { kind: 'group', groupId: anId() });
    const everybody = one(profileId, { kind: 'allUsers' });
    const other = one(otherId, { kind: 'device', deviceId: anId() });
    const replace = (of: Assignment['profileId'], ...assignments: Assignment[]) =>
      stores.transact(() => stores.assignments.replace(of, assignments));
    await replace(profileId, group, everybody);
    await replace(otherId, other);
    assert.deepEqual(await stores.assignments.byProfile(profileId), [group, everybody]);
    assert.deepEqual(await stores.assignments.all(), [group, everybody, other]);
    await replace(profileId, everybody, group);
    assert.deepEqual(await stores.assignments.byProfile(profileId), [everybody, group]);
    await replace(profileId);
    assert.deepEqual(await stores.assignments.all(), [other]);
  });
});

suite('deployments', () => {
  storeTest('come back as they were saved', async (stores) => {
    const problem = { code: 'variable-missing', detail: 'no mail', unresolved: [{ variable: 'x', reason: 'y' }] };
    const deployment = aDeployment({ problem, expectation: null, userId: anId(), consumerId: 'wifi' });
    await save(stores, deployment);
    assert.deepEqual(await stores.deployments.get(deployment.id), deployment);
    assert.deepEqual(await stores.deployments.findByDeliveryRef(deployment.deliveryRef), deployment);
    const changed = { ...deployment, wanted: false, problem: null };
    await save(stores, changed);
    assert.deepEqual(await stores.deployments.byDevices([anId(), deployment.deviceId]), [changed]);
    const { deviceId, profileId } = deployment;
    const locked = (...profileIds: (typeof profileId)[]) =>
      stores.transact(() => stores.deployments.lockByDevices([deviceId], profileIds));
    assert.deepEqual(await stores.transact(() => stores.deployments.lockByDevices([deviceId])), [changed]);
    assert.deepEqual(await locked(anId(), profileId), [changed]);
    assert.deepEqual(await locked(anId()), []);
  });

  storeTest('are one for each profile, device, user and consumer', async (stores) => {
    const device = aDeployment();
    const twin = aDeployment({ profileId: device.profileId, deviceId: device.deviceId });
    await save(stores, device, { ...twin, consumerId: 'vpn' });
    await save(stores, { ...twin, id: anId(), deliveryRef: 'r', userId: anId() });
    await assert.rejects(save(stores, { ...twin, id: anId(), deliveryRef: 's' }), (error) =>
      isFailure(error, 'already-exists'),
    );
  });

  storeTest('are listed newest first by profile, device and state', async (stores) => {
    const profileId = anId<Deployment['profileId']>();
    const [a, b, c] = [
      aDeployment({ profileId, state: 'issued' }),
      aDeployment({ profileId, state: 'installed' }),
      aDeployment({ state: 'installed' }),
    ];
    await save(stores, a, b, c);
    const none = { profileId: null, deviceId: null, states: null };
    const list = async (query: object) => (await stores.deployments.list({ ...none, ...query }, first)).items;
    assert.deepEqual(await list({}), [c, b, a]);
    assert.deepEqual(await list({ profileId }), [b, a]);
    assert.deepEqual(await list({ deviceId: a.deviceId }), [a]);
    assert.deepEqual(await list({ states: ['installed', 'deleted'] }), [c, b]);
    assert.deepEqual(await list({ profileId, states: ['installed'] }), [b]);
    assert.deepEqual(await list({ states: [] }), []);
    const page = await stores.deployments.list(none, { limit: 2, cursor: null });
    const rest = await stores.deployments.list(none, { limit: 2, cursor: page.next });
    assert.deepEqual([page.items, rest], [[c, b], { items: [a], next: null }]);
  });

  storeTest('move only while they are what the mover knew', async (stores) => {
    const deployment = aDeployment();
    await save(stores, deployment);
    const tryMove = (known: Partial<Deployment>, change: Partial<DeploymentMove>) =>
      stores.transact(() =>
        stores.deployments.move({ ...deployment, ...known }, { cause: null, at: recordTime + 5, ...change }),
      );
    const cause = 'issued';
    assert.equal(await tryMove({ generation: 2 }, { cause }), false);
    assert.equal(await tryMove({ revision: 2 }, { cause }), false);
    assert.equal(await tryMove({ issuedGeneration: deployment.issuedGeneration + 1 }, { cause }), false);
    assert.equal(await tryMove({ wanted: !deployment.wanted }, { cause }), false);
    const problem = { code: 'c', detail: 'd', unresolved: [] };
    assert.equal(await tryMove({}, { cause: 'validation-failed', problem, attempts: 4 }), true);
    const failed: Deployment = {
      ...deployment,
      state: 'challengeValidationFailed',
      stateSince: recordTime + 5,
      stateCause: 'validation-failed',
      problem,
      attempts: 4,
      updatedAt: recordTime + 5,
    };
    assert.deepEqual(await stores.deployments.get(deployment.id), failed);
    assert.equal(await tryMove({}, { problem: null, generation: 2, at: recordTime + 9 }), true, 'the state stays');
    assert.deepEqual(await stores.deployments.get(deployment.id), {
      ...failed,
      problem: null,
      generation: 2,
      attempts: 0,
      updatedAt: recordTime + 9,
    });
    assert.equal(await tryMove({}, {}), false);
    assert.equal(await tryMove({ generation: 2 }, {}), true);
  });

  storeTest('enter a state only by a cause of the state table, from every state', async (stores) => {
    await stores.transact(async () => {
      for (const state of deploymentStates) {
        for (const cause of Object.keys(stateTable) as DeploymentCause[]) {
          const deployment = aDeployment({ state });
          await stores.deployments.save([deployment]);
          const moved = await stores.deployments.move(deployment, { cause, at: recordTime });
          const to = move(state, cause);
          assert.equal(moved, to !== null, `${cause} in ${state}`);
          assert.equal((await stores.deployments.get(deployment.id))?.state, to ?? state);
        }
      }
    });
  });

  storeTest('are not saved over a state that nothing leads from', async (stores) => {
    await stores.transact(async () => {
      for (const from of deploymentStates)
        for (const to of deploymentStates) {
          const deployment = aDeployment({ state: from });
          await stores.deployments.save([deployment]);
          const saved = stores.deployments.save([{ ...deployment, state: to }]);
          if (from === to || sourcesOf.get(to)?.includes(from)) await saved;
          else await assert.rejects(saved, /forbids/, `${from} → ${to}`);
        }
    });
  });
});

suite('challenges', () => {
  storeTest('are bound to one key and cancelled while they live', async (stores) => {
    const deployment = aDeployment();
    const [a, b, c] = [aChallenge(deployment), aChallenge(deployment), aChallenge(aDeployment())];
    await stores.transact(() => stores.challenges.insert([a, b, c]));
    const bind = (id: typeof a.id, key: string) => stores.transact(() => stores.challenges.bind(id, key));
    assert.deepEqual([await bind(a.id, 'k1'), await bind(a.id, 'k1'), await bind(a.id, 'k2')], [true, true, false]);
    const cancel = () => stores.transact(() => stores.challenges.cancel([deployment.id, anId()], 'removed'));
    assert.deepEqual([await cancel(), await cancel()], [new Map([[deployment.id, 2]]), new Map()]);
    assert.equal(await bind(b.id, 'k'), false);
    const cancelled = { state: 'cancelled', cancelReason: 'removed' } as const;
    assert.deepEqual(await stores.challenges.byDeployment(deployment.id, 9), [
      { ...b, ...cancelled },
      { ...a, ...cancelled, boundKey: 'k1' },
    ]);
    assert.equal((await stores.challenges.byDeployment(deployment.id, 1)).length, 1);
    assert.deepEqual(await stores.challenges.findBySecretHash(c.secretHash), c);
    assert.equal(await stores.challenges.findBySecretHash('00'), null);
  });
});

suite('request facts', () => {
  storeTest('a profile is the one that is stored now', async (stores) => {
    const profile = aScepProfile();
    await stores.transact(() => stores.profiles.save(profile));
    const { requestFacts } = stores;
    assert.deepEqual(await requestFacts.profileBySlug(profile.slug), profile);
    assert.equal(
      await requestFacts.profileBySlug(profile.slug),
      await requestFacts.profileById(profile.id),
      'parsed once',
    );
    const second = { ...profile, version: 2, name: 'changed' };
    await assert.rejects(
      stores.transact(async () => {
        await stores.profiles.save({ ...second, name: 'rolled back' });
        assert.equal((await requestFacts.profileById(profile.id))?.name, 'rolled back');
        throw new Error('undo');
      }),
      /undo/,
    );
    await stores.transact(() => stores.profiles.save(second));
    assert.deepEqual(await requestFacts.profileById(profile.id), second);
    await stores.transact(() => stores.profiles.remove(profile.id));
    assert.equal(await requestFacts.profileBySlug(profile.slug), null);
  });

  storeTest('a trusted certificate profile has no SCEP', async (stores) => {
    const trusted = {
      ...aScepProfile(),
      kind: 'trustedCertificate',
      settings: { platform: 'ios', certificate: 'MAA=', certificateFileName: 'root.cer' },
    } as const;
    await stores.transact(() => stores.profiles.save(trusted));
    assert.deepEqual(await stores.profiles.get(trusted.id), trusted);
    assert.equal(await stores.requestFacts.profileById(trusted.id), null);
  });

  storeTest('a challenge, a certificate and a deployment are found in one look each', async (stores) => {
    const deployment = aDeployment();
    const challenge = aChallenge(deployment);
    const certificate = aCertificate({ deploymentId: deployment.id, generation: 1 });
    const server = aCertificate({ purpose: 'ra' });
    await stores.transact(async () => {
      await stores.deployments.save([deployment]);
      await stores.challenges.insert([challenge]);
      for (const one of [certificate, server]) await stores.certificates.insert(one);
    });
    const { requestFacts } = stores;
    assert.deepEqual(await requestFacts.byChallenge(challenge.secretHash), { challenge, deployment });
    assert.equal(await requestFacts.byChallenge('00'), null);
    assert.deepEqual(await requestFacts.deployment(deployment.id), deployment);
    const { issuerId, serial } = certificate;
    assert.deepEqual(await requestFacts.byCertificate(issuerId, serial), { certificate, deployment });
    assert.deepEqual(await requestFacts.byCertificate(issuerId, server.serial), {
      certificate: server,
      deployment: null,
    });
    assert.equal(await requestFacts.byCertificate('other', serial), null);
  });

  storeTest('what a proof was spent on is found for the same key alone', async (stores) => {
    const deployment = aDeployment();
    const certificate = aCertificate({ deploymentId: deployment.id, generation: 1 });
    const renewed = aCertificate({ deploymentId: deployment.id, generation: 2, renewsId: certificate.id });
    const spent = aChallenge(deployment, { state: 'spent', certificateId: certificate.id });
    await stores.transact(async () => {
      await stores.challenges.insert([spent]);
      for (const one of [certificate, renewed]) await stores.certificates.insert(one);
    });
    const { issuedFor } = stores.requestFacts;
    const [byChallenge, byCertificate] = [
      { kind: 'challenge', id: spent.id },
      { kind: 'certificate', id: certificate.id },
    ] as const;
    assert.deepEqual(await issuedFor(byChallenge, certificate.keyHash), certificate);
    assert.equal(await issuedFor(byChallenge, renewed.keyHash), null);
    assert.deepEqual(await issuedFor(byCertificate, renewed.keyHash), renewed);
    assert.equal(await issuedFor(byCertificate, certificate.keyHash), null);
  });
});

suite('pending requests', () => {
  storeTest('are decided once, and found by transaction, deployment and state', async (stores) => {
    const deployment = aDeployment();
    const request = (given: Partial<PendingRequest> = {}): PendingRequest => ({
      id: anId<PendingRequest['id']>(),
      deploymentId: deployment.id,
      revision: 1,
      generation: 1,
      transactionID: 'T',
      keyHash: 'k',
      certificationRequest: new Uint8Array([48, 1, 2]),
      proof: { kind: 'challenge', id: 'c' },
      state: 'waiting',
      createdAt: recordTime,
      decidedAt: null,
      decidedBy: null,
      ...given,
    });
    const [a, b] = [request(), request({ revision: 2, createdAt: recordTime + 1 })];
    await stores.transact(async () => {
      for (const one of [a, b]) await stores.pendingRequests.save(one);
    });
    const decide = (state: 'approved' | 'rejected', by: string) =>
      stores.transact(() => stores.pendingRequests.decide(a.id, state, recordTime + 5, by));
    assert.deepEqual([await decide('approved', 'eve'), await decide('rejected', 'bob')], [true, false]);
    const decided = { ...a, state: 'approved', decidedAt: recordTime + 5, decidedBy: 'eve' } as const;
    assert.deepEqual(await stores.pendingRequests.get(a.id), decided);
    // The device asks again in that moment.
    assert.equal(await stores.transact(() => stores.pendingRequests.save({ ...a, keyHash: 'another' })), false);
    assert.equal(await stores.transact(() => stores.pendingRequests.save(b)), true);
    assert.deepEqual(await stores.pendingRequests.findByTransaction('T'), [b, decided]);
    assert.deepEqual(await stores.pendingRequests.latest(deployment.id, 1), decided);
    assert.deepEqual(await stores.pendingRequests.latest(deployment.id, 3), null);
    assert.deepEqual(await stores.pendingRequests.list('waiting', 9), [b]);
    assert.deepEqual(await stores.pendingRequests.list(null, 9), [b, decided]);
  });
});
