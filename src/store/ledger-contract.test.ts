/** What every issuing ledger must do, on both stores: every outcome, and one winner whoever else tries. */
import assert from 'node:assert/strict';
import { suite } from 'node:test';
import { aCertificate, aChallenge, aDeployment, anId, anIssuance, recordTime } from '../../test/support/records.ts';
import { storeTest } from '../../test/support/stores.ts';
import type { Certificate } from '../authority/certificate.ts';
import type { Authority, AuthorityId, IssuerId, KeyId } from '../authority/issuer.ts';
import type { Challenge } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import type { CommitResult, Issuance } from '../enrollment/issuance-ledger.ts';
import { day, hour } from '../lib/clock.ts';
import type { Store } from './store.ts';

async function prepared(
  stores: Store,
  given: { deployment?: Partial<Deployment>; challenge?: Partial<Challenge> } = {},
): Promise<{ deployment: Deployment; challenge: Challenge }> {
  const deployment = aDeployment(given.deployment);
  const challenge = aChallenge(deployment, given.challenge);
  await stores.transact(async () => {
    await stores.deployments.save([deployment]);
    await stores.challenges.insert([challenge]);
  });
  return { deployment, challenge };
}

/** A deployment whose first certificate was issued just now. */
async function issued(stores: Store): Promise<{ deployment: Deployment; challenge: Challenge; issuance: Issuance }> {
  const { deployment, challenge } = await prepared(stores);
  const issuance = anIssuance(deployment, challenge);
  assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
  return { deployment, challenge, issuance };
}

/** The renewal of `certificate` as generation 2. */
function renewal(deployment: Deployment, certificate: Certificate, given: Partial<Certificate> = {}): Issuance {
  const next = aCertificate({ deploymentId: deployment.id, generation: 2, renewsId: certificate.id, ...given });
  return anIssuance({ ...deployment, generation: 2 }, aChallenge(deployment), {
    certificate: next,
    proof: { kind: 'certificate', certificateId: certificate.id },
  });
}

/** With these issuers, issuing by the one that is named. */
async function saveAuthority(stores: Store, issuers: readonly IssuerId[], activeIssuerId: IssuerId): Promise<void> {
  const shared = { createdAt: recordTime, pkiUrl: 'http://pki.example.com', templates: [], rollover: null, version: 1 };
  const authority: Authority = { ...shared, id: anId<AuthorityId>(), slug: 'main', name: 'Main', activeIssuerId };
  const certificate = new Uint8Array([48, 0]);
  await stores.transact(async () => {
    for (const id of issuers)
      await stores.authorities.saveIssuer({
        ...{ id, authorityId: authority.id, slug: id, certificate, chain: [], keyId: anId<KeyId>() },
        ...{ registrationAuthorities: [], shards: 1, createdAt: recordTime },
      });
    await stores.authorities.save(authority);
  });
}

const refused = (reason: string) => ({ kind: 'refused', reason });

/** Nothing of it is stored. */
async function assertAbsent(stores: Store, { certificate, transaction }: Issuance): Promise<void> {
  assert.equal(await stores.certificates.get(certificate.id), null);
  const subject = { kind: 'certificate', id: certificate.id } as const;
  assert.deepEqual((await stores.events.list({ subject, types: null }, { limit: 5, cursor: null })).items, []);
  const rows = await stores.scepTransactions.listByDeployment(transaction.deploymentId ?? '', 100);
  assert.ok(!rows.some(({ id }) => id === transaction.id));
}

suite('issuance ledger', () => {
  storeTest('commits everything that an issuance is', async (stores) => {
    const { deployment, challenge } = await prepared(stores);
    const sibling = aChallenge(deployment);
    await stores.transact(() => stores.challenges.insert([sibling]));
    const issuance = anIssuance(deployment, challenge);
    assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });

    const { certificate } = issuance;
    assert.deepEqual(await stores.certificates.get(certificate.id), certificate);
    assert.deepEqual(await stores.deployments.get(deployment.id), {
      ...deployment,
      state: 'issued',
      stateSince: issuance.now,
      stateCause: 'issued',
      issuedGeneration: 1,
      currentCertificateId: certificate.id,
      certificateNotBefore: certificate.notBefore,
      certificateNotAfter: certificate.notAfter,
      renewAt: issuance.renewAt,
      updatedAt: issuance.now,
    });
    assert.deepEqual(await stores.challenges.findBySecretHash(challenge.secretHash), {
      ...challenge,
      state: 'spent',
      boundKey: certificate.keyHash,
      certificateId: certificate.id,
    });
    const other = await stores.challenges.findBySecretHash(sibling.secretHash);
    assert.equal(other?.state, 'cancelled');
    assert.equal(other?.cancelReason, 'certificate-issued');
    const subject = { kind: 'device', id: deployment.deviceId } as const;
    const events = await stores.events.list({ subject, types: null }, { limit: 5, cursor: null });
    assert.deepEqual(
      events.items.map(({ type, cause, subjects, data }) => ({ type, cause, subjects, data })),
      issuance.events,
    );
    assert.deepEqual(await stores.scepTransactions.listByDeployment(deployment.id, 5), [issuance.transaction]);
    const query = { deploymentId: null, deviceId: deployment.deviceId, profileId: null, search: null, status: null };
    const byDevice = await stores.certificates.list(query, recordTime, { limit: 5, cursor: null });
    assert.deepEqual(byDevice.items, [certificate]);
  });

  storeTest('answers a repeat of the same key with the certificate issued before', async (stores) => {
    const { deployment, challenge, issuance } = await issued(stores);
    const again = anIssuance(deployment, challenge, {
      certificate: {
        ...aCertificate({ deploymentId: deployment.id, generation: 1 }),
        keyHash: issuance.certificate.keyHash,
      },
    });
    assert.deepEqual(await stores.ledger.commit(again), { kind: 'already', certificate: issuance.certificate });
    assert.deepEqual(await stores.ledger.commit({ ...again, now: recordTime + day }), {
      kind: 'already',
      certificate: issuance.certificate,
    });
    await assertAbsent(stores, again);
    assert.deepEqual(await stores.ledger.commit({ ...again, now: recordTime + day + 1 }), refused('challenge-spent'));
    await stores.transact(() => stores.certificates.markInstalled(issuance.certificate.id, recordTime + 1));
    assert.deepEqual(await stores.ledger.commit(again), refused('challenge-spent'));
  });

  storeTest('refuses a repeat once the certificate is revoked', async (stores) => {
    const { deployment, challenge, issuance } = await issued(stores);
    await stores.transact(() => stores.certificates.revoke(issuance.certificate.id, recordTime, 'superseded'));
    const again = anIssuance(deployment, challenge, {
      certificate: aCertificate({ keyHash: issuance.certificate.keyHash }),
    });
    assert.deepEqual(await stores.ledger.commit(again), refused('certificate-revoked'));
  });

  storeTest('refuses a spent challenge to another key', async (stores) => {
    const { deployment, challenge } = await issued(stores);
    const other = anIssuance(deployment, challenge);
    assert.deepEqual(await stores.ledger.commit(other), refused('challenge-spent'));
    await assertAbsent(stores, other);
  });

  storeTest('refuses challenges that are cancelled, expired, or bound to another key', async (stores) => {
    const cases: [Partial<Challenge>, string][] = [
      [{ state: 'cancelled', cancelReason: 'expectation-changed' }, 'challenge-cancelled'],
      [{ expiresAt: recordTime + 1000 }, 'challenge-expired'],
      [{ boundKey: 'aa'.repeat(32) }, 'challenge-spent'],
      [{ revision: 0 }, 'expectation-changed'],
      [{ generation: 0 }, 'expectation-changed'],
    ];
    for (const [challenge, reason] of cases) {
      const known = await prepared(stores, { challenge });
      const issuance = anIssuance(known.deployment, known.challenge);
      assert.deepEqual(await stores.ledger.commit(issuance), refused(reason));
      await assertAbsent(stores, issuance);
      assert.deepEqual(await stores.deployments.get(known.deployment.id), known.deployment);
      assert.deepEqual(await stores.challenges.findBySecretHash(known.challenge.secretHash), known.challenge);
    }
  });

  storeTest('lets a bound challenge outlive its time while its request waited for approval', async (stores) => {
    const keyHash = 'bb'.repeat(32);
    const known = await prepared(stores, { challenge: { boundKey: keyHash, expiresAt: recordTime - hour } });
    const request = {
      id: anId<NonNullable<Issuance['pendingRequestId']>>(),
      deploymentId: known.deployment.id,
      revision: 1,
      generation: 1,
      transactionID: 'T1',
      keyHash,
      certificationRequest: new Uint8Array([48, 0]),
      proof: { kind: 'challenge', id: known.challenge.id },
      state: 'approved',
      createdAt: recordTime - hour,
      decidedAt: recordTime,
      decidedBy: 'admin',
    } as const;
    await stores.transact(() => stores.pendingRequests.save(request));
    const issuance = anIssuance(known.deployment, known.challenge, {
      certificate: aCertificate({ deploymentId: known.deployment.id, generation: 1, keyHash }),
      pendingRequestId: request.id,
    });
    assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
    assert.equal((await stores.pendingRequests.get(request.id))?.state, 'issued');
  });

  storeTest('refuses a deployment that is not wanted or has moved on', async (stores) => {
    const cases: [Partial<Deployment>, Partial<Issuance>, string][] = [
      [{ wanted: false }, {}, 'not-targeted'],
      [{ revision: 3 }, { revision: 2 }, 'expectation-changed'],
      [{ generation: 2, issuedGeneration: 2 }, {}, 'generation-issued'],
      [{ generation: 3, issuedGeneration: 1 }, { generation: 2 }, 'expectation-changed'],
    ];
    for (const [deployment, given, reason] of cases) {
      const known = await prepared(stores, { deployment });
      const issuance = anIssuance(known.deployment, known.challenge, given);
      assert.deepEqual(await stores.ledger.commit(issuance), refused(reason), reason);
      await assertAbsent(stores, issuance);
      const challenge = await stores.challenges.findBySecretHash(known.challenge.secretHash);
      assert.equal(challenge?.state, 'live', 'the proof is not lost');
    }
    const unknown = await prepared(stores);
    const issuance = anIssuance(aDeployment(), unknown.challenge);
    assert.deepEqual(await stores.ledger.commit(issuance), refused('not-targeted'));
  });

  storeTest('refuses a serial that the issuer has used', async (stores) => {
    const { issuance } = await issued(stores);
    const { deployment, challenge } = await prepared(stores);
    const { serial } = issuance.certificate;
    const same = anIssuance(deployment, challenge, {
      certificate: aCertificate({ serial, deploymentId: deployment.id, generation: 1 }),
    });
    assert.deepEqual(await stores.ledger.commit(same), refused('serial-taken'));
    await assertAbsent(stores, same);
    const elsewhere = anIssuance(deployment, challenge, {
      certificate: { ...same.certificate, issuerId: 'issuer-2' as Certificate['issuerId'] },
    });
    assert.deepEqual(await stores.ledger.commit(elsewhere), { kind: 'committed' });
  });

  storeTest('refuses an issuer that its authority has left, and takes the one that it issues by', async (stores) => {
    const { deployment, challenge } = await prepared(stores);
    const issuance = anIssuance(deployment, challenge);
    const [left, active] = [issuance.certificate.issuerId, 'issuer-2' as Certificate['issuerId']];
    await saveAuthority(stores, [left, active], active);
    assert.deepEqual(await stores.ledger.commit(issuance), refused('issuer-left'));
    await assertAbsent(stores, issuance);
    assert.equal((await stores.challenges.findBySecretHash(challenge.secretHash))?.state, 'live');
    const certificate = { ...issuance.certificate, issuerId: active };
    assert.deepEqual(await stores.ledger.commit({ ...issuance, certificate }), { kind: 'committed' });
  });

  storeTest('renews by certificate, which opens the next generation', async (stores) => {
    const { deployment, issuance } = await issued(stores);
    const due = aChallenge(deployment);
    await stores.transact(() => stores.challenges.insert([due]));
    const next = renewal(deployment, issuance.certificate);
    assert.deepEqual(await stores.ledger.commit(next), { kind: 'committed' });
    const stored = await stores.deployments.get(deployment.id);
    assert.deepEqual(
      [stored?.generation, stored?.issuedGeneration, stored?.currentCertificateId],
      [2, 2, next.certificate.id],
    );
    assert.equal((await stores.challenges.findBySecretHash(due.secretHash))?.state, 'cancelled');

    const repeat = renewal(deployment, issuance.certificate, { keyHash: next.certificate.keyHash });
    assert.deepEqual(await stores.ledger.commit(repeat), { kind: 'already', certificate: next.certificate });
    const otherKey = renewal(deployment, issuance.certificate);
    assert.deepEqual(await stores.ledger.commit(otherKey), refused('generation-issued'));
    const further = { ...otherKey, generation: 3, certificate: { ...otherKey.certificate, generation: 3 } };
    assert.deepEqual(await stores.ledger.commit(further), refused('generation-issued'), 'a certificate renews once');
    await stores.transact(() => stores.certificates.revoke(next.certificate.id, recordTime, 'keyCompromise'));
    assert.deepEqual(await stores.ledger.commit(repeat), refused('certificate-revoked'));
  });

  storeTest('renews by certificate into a generation that is due already', async (stores) => {
    const { deployment, issuance } = await issued(stores);
    const known = { ...deployment, issuedGeneration: 1 };
    await stores.transact(() =>
      stores.deployments.move(known, { generation: 2, cause: 'renewal-due', at: recordTime }),
    );
    assert.deepEqual(await stores.ledger.commit(renewal(deployment, issuance.certificate)), { kind: 'committed' });
  });

  storeTest('refuses a renewal by a revoked, foreign or unknown certificate', async (stores) => {
    const { deployment, issuance } = await issued(stores);
    const other = await issued(stores);
    const foreign = renewal(deployment, other.issuance.certificate);
    assert.deepEqual(await stores.ledger.commit(foreign), refused('expectation-changed'));
    const unknown = renewal(deployment, aCertificate());
    assert.deepEqual(await stores.ledger.commit(unknown), refused('certificate-revoked'));
    await stores.transact(() => stores.certificates.revoke(issuance.certificate.id, recordTime, 'keyCompromise'));
    assert.deepEqual(
      await stores.ledger.commit(renewal(deployment, issuance.certificate)),
      refused('certificate-revoked'),
    );
  });

  storeTest('a challenge never opens a generation', async (stores) => {
    const { deployment } = await issued(stores);
    const early = aChallenge({ ...deployment, generation: 2 });
    await stores.transact(() => stores.challenges.insert([early]));
    const issuance = anIssuance({ ...deployment, generation: 2 }, early);
    assert.deepEqual(await stores.ledger.commit(issuance), refused('expectation-changed'));
  });

  storeTest('joins the transaction that it is called in', async (stores) => {
    const { deployment, challenge } = await prepared(stores);
    const issuance = anIssuance(deployment, challenge);
    const spent = await issued(stores);
    await assert.rejects(
      stores.transact(async () => {
        assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
        const other = anIssuance(spent.deployment, spent.challenge);
        assert.deepEqual(await stores.ledger.commit(other), refused('challenge-spent'), 'and goes on after a refusal');
        assert.notEqual(await stores.certificates.get(issuance.certificate.id), null);
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    await assertAbsent(stores, issuance);
    assert.deepEqual(await stores.ledger.commit(issuance), { kind: 'committed' });
  });

  storeTest('exactly one of two that fight over a challenge, a generation or a serial wins', async (stores) => {
    const pairs: { fight: string; both: [Issuance, Issuance] }[] = [];
    for (let round = 0; round < 34; round++) {
      const first = await prepared(stores);
      pairs.push({
        fight: 'challenge-spent',
        both: [anIssuance(first.deployment, first.challenge), anIssuance(first.deployment, first.challenge)],
      });
      const second = await prepared(stores);
      const sibling = aChallenge(second.deployment);
      await stores.transact(() => stores.challenges.insert([sibling]));
      pairs.push({
        fight: 'challenge-cancelled', // the winner cancelled the other's challenge
        both: [anIssuance(second.deployment, second.challenge), anIssuance(second.deployment, sibling)],
      });
      const [third, fourth] = [await prepared(stores), await prepared(stores)];
      const issuance = anIssuance(third.deployment, third.challenge);
      const { serial } = issuance.certificate;
      const rival = anIssuance(fourth.deployment, fourth.challenge, {
        certificate: aCertificate({ serial, deploymentId: fourth.deployment.id, generation: 1 }),
      });
      pairs.push({ fight: 'serial-taken', both: [issuance, rival] });
    }
    const outcomes = await Promise.all(
      pairs.map(({ both }) => Promise.all(both.map((issuance) => stores.ledger.commit(issuance)))),
    );
    for (const [at, { fight, both }] of pairs.entries()) {
      const results = outcomes[at] as CommitResult[];
      assert.deepEqual(results.map(({ kind }) => kind).sort(), ['committed', 'refused'], fight);
      const loser = results.findIndex(({ kind }) => kind === 'refused');
      assert.deepEqual(results[loser], refused(fight));
      await assertAbsent(stores, both[loser] as Issuance);
      assert.notEqual(await stores.certificates.get((both[1 - loser] as Issuance).certificate.id), null);
    }
  });

  storeTest('exactly one of many renewals of one certificate wins', async (stores) => {
    const { deployment, issuance } = await issued(stores);
    const rivals = Array.from({ length: 20 }, () => renewal(deployment, issuance.certificate));
    const results = await Promise.all(rivals.map((rival) => stores.ledger.commit(rival)));
    assert.equal(results.filter(({ kind }) => kind === 'committed').length, 1);
    assert.ok(results.every((result) => result.kind === 'committed' || result.kind === 'refused'));
    assert.deepEqual(
      results.filter(({ kind }) => kind === 'refused'),
      Array.from({ length: 19 }, () => refused('generation-issued')),
    );
  });

  storeTest('an issuance that cannot be written fails alone', async (stores) => {
    const [good, bad] = [await prepared(stores), await prepared(stores)];
    const broken = anIssuance(bad.deployment, bad.challenge);
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const results = await Promise.allSettled([
      stores.ledger.commit({ ...broken, transaction: { ...broken.transaction, detail: circular } }),
      stores.ledger.commit(anIssuance(good.deployment, good.challenge)),
    ]);
    assert.equal(results[0].status, 'rejected');
    assert.deepEqual(results[1], { status: 'fulfilled', value: { kind: 'committed' } });
    await assertAbsent(stores, broken);
  });
});
