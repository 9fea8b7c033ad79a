import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openTestStores } from '../../test/support/stores.ts';
import { hashSecret } from '../crypto/secret.ts';
import { systemCause } from '../events/event.ts';
import { cancelChallenges } from './cancel-challenges.ts';
import { type ChallengeTarget, mintChallenge } from './mint-challenge.ts';

const now = 1_700_000_000_000;
const due: ChallengeTarget = {
  id: 'deployment-1',
  profileId: 'profile-1',
  deviceId: 'device-1',
  wanted: true,
  expectation: {
    subject: '',
    subjectText: 'CN=a',
    subjectAlternativeNames: [],
    securityIdentifier: null,
    keyUsage: [],
    extendedKeyUsages: [],
    keySize: 2048,
    validityPeriod: null,
  },
  generation: 3,
  issuedGeneration: 2,
  revision: 7,
};

async function open() {
  const stores = await openTestStores({ clock: { now: () => now, monotonic: () => 0 } });
  const mint = (deployment: ChallengeTarget) =>
    stores.transact(() => mintChallenge(stores, { deployment, lifetime: 3_600_000, now, cause: systemCause }));
  const events = async () =>
    (await stores.events.list({ subject: null, types: null }, { limit: 100, cursor: null })).items;
  return { stores, mint, events, [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose]() };
}

test('a challenge is 26 characters that are kept only as their hash', async () => {
  await using world = await open();
  const minted = await world.mint(due);
  assert.ok(minted.kind === 'minted');
  const { secret, challenge } = minted;
  assert.match(secret, /^[A-Z2-7]{26}$/);
  const stored = await world.stores.challenges.findBySecretHash(hashSecret(secret));
  assert.deepEqual(stored, challenge);
  assert.deepEqual([challenge.generation, challenge.revision], [3, 7]);
  assert.equal(challenge.expiresAt - challenge.createdAt, 3_600_000);
  const events = await world.events();
  assert.deepEqual(
    events.map(({ type }) => type),
    ['challenge.issued'],
  );
  for (const written of [stored, events]) assert.ok(!JSON.stringify(written).includes(secret));
});

test('several may live, no two alike, until they are cancelled with a reason', async () => {
  await using world = await open();
  const secrets = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const minted = await world.mint(due);
    assert.ok(minted.kind === 'minted');
    secrets.add(minted.secret);
  }
  assert.equal(secrets.size, 20);
  const live = await world.stores.challenges.byDeployment(due.id, 100);
  assert.ok(live.every(({ state }) => state === 'live'));
  const cancel = () =>
    world.stores.transact(() =>
      cancelChallenges(world.stores, { deploymentIds: [due.id, 'other'], reason: 'removed', cause: systemCause }),
    );
  assert.equal(await cancel(), 20);
  assert.equal(await cancel(), 0);
  const ended = await world.stores.challenges.byDeployment(due.id, 100);
  assert.ok(ended.every(({ state, cancelReason }) => state === 'cancelled' && cancelReason === 'removed'));
  assert.equal((await world.events()).filter(({ type }) => type === 'challenge.cancelled').length, 1);
});

const refusals: readonly [string, Partial<ChallengeTarget>, string][] = [
  ['is not wanted', { wanted: false }, 'not-wanted'],
  ['has no expectation', { expectation: null }, 'no-expectation'],
  ['has its certificate', { issuedGeneration: 3 }, 'already-issued'],
];

for (const [name, change, reason] of refusals) {
  test(`refused for a deployment that ${name}`, async () => {
    await using world = await open();
    assert.deepEqual(await world.mint({ ...due, ...change }), { kind: 'refused', reason });
    assert.deepEqual(await world.stores.challenges.byDeployment(due.id, 10), []);
    assert.deepEqual(await world.events(), []);
  });
}
