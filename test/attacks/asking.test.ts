/** CertPoll, GetCert, GetCRL and approvals, asked by somebody else. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { decideApproval } from '../../src/enrollment/decide-approval.ts';
import { systemCause } from '../../src/events/event.ts';
import { encodeIssuerAndSerial } from '../../src/formats/scep/issuer-and-serial.ts';
import { encodeIssuerAndSubject } from '../../src/formats/scep/issuer-and-subject.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { nameOf } from '../../src/formats/x509/name.ts';
import { fromHex } from '../../src/lib/bytes.ts';
import { type AttackLab, startAttackLab, type Victim } from '../support/attack-lab.ts';
import { type AskedFor, forgeMessage } from '../support/forged-message.ts';
import { readReply, selfSigned, type TestIdentity, testClientKey } from '../support/scep-test-client.ts';

const nobody = new Uint8Array([0x30, 0]);
const cause = systemCause;
let lab: AttackLab;
before(async () => {
  lab = await startAttackLab();
});
after(() => lab[Symbol.asyncDispose]());

const unknown = { wire: 'transaction-unknown', reason: 'transaction-unknown', failInfo: 'badCertId' } as const;

function pollMessage(key: ClientKey, transactionId: string): Uint8Array {
  const content = encodeIssuerAndSubject(lab.issuer.subjectDer, nobody);
  return forgeMessage({ type: 'CertPoll', content, signer: selfSigned(key, nobody), recipient: lab.ra, transactionId })
    .bytes;
}

/** A request of `lab.key` that waits for an administrator. */
async function waiting(): Promise<Victim & { transactionId: string; message: Uint8Array }> {
  const victim = await lab.victim({ server: { approval: 'manual' } });
  const message = lab.request(await victim.deployment(), { challenge: await victim.challenge() });
  assert.equal((await readReply(await lab.send(victim.scepUrl, message), lab.key)).status, 'PENDING');
  return { ...victim, message, transactionId: sha256Hex(lab.key.publicKey) };
}

async function decide(victim: Victim, decision: 'approved' | 'rejected'): Promise<void> {
  const { store } = lab.world.server.foundation;
  const pending = await store.pendingRequests.list('waiting', 100);
  const { id: deploymentId } = await victim.deployment();
  const mine = pending.find((each) => each.deploymentId === deploymentId);
  assert.ok(mine);
  await decideApproval({ ...store, clock: lab.clock }, { id: mine.id, decision, cause });
}

describe('a request that waits', () => {
  test('is not told to another key that names its transaction, neither before the decision nor after', async () => {
    const victim = await waiting();
    const poll = () => lab.send(victim.scepUrl, pollMessage(lab.otherKey, victim.transactionId));
    await lab.refused(poll, unknown);
    await decide(victim, 'approved');
    await lab.refused(poll, unknown);
    const answer = await lab.send(victim.scepUrl, pollMessage(lab.key, victim.transactionId));
    assert.equal((await readReply(answer, lab.key)).status, 'SUCCESS');
    await lab.refused(poll, unknown);
  });

  test('is not told at the address of another profile', async () => {
    const [victim, other] = [await waiting(), await lab.victim()];
    await decide(victim, 'approved');
    const key = await testClientKey();
    await lab.refused(() => lab.send(other.scepUrl, pollMessage(key, victim.transactionId)), unknown);
    const count = lab.certificates();
    const wrong = await lab.send(other.scepUrl, pollMessage(lab.key, 'x'));
    assert.equal((await readReply(wrong, lab.key)).reason, 'transaction-unknown');
    assert.equal(lab.certificates(), count);
  });

  test('binds its challenge to the key that asked', async () => {
    const victim = await lab.victim({ server: { approval: 'manual' } });
    const challenge = await victim.challenge();
    const deployment = await victim.deployment();
    const send = (key: ClientKey) => lab.send(victim.scepUrl, lab.request(deployment, { challenge, key }));
    assert.equal((await readReply(await send(lab.key), lab.key)).status, 'PENDING');
    const wire = 'challenge-bound-to-another-key';
    await lab.refused(() => send(lab.otherKey), { reason: wire, wire });
    await decide(victim, 'approved');
    await lab.refused(() => send(lab.otherKey), { reason: wire, wire });
    assert.equal((await readReply(await send(lab.key), lab.key)).status, 'SUCCESS');
  });

  test('is not approved by anything but the decision, and a rejection holds', async () => {
    const victim = await waiting();
    const count = lab.certificates();
    for (let i = 0; i < 3; i++)
      assert.equal((await readReply(await lab.send(victim.scepUrl, victim.message), lab.key)).status, 'PENDING');
    assert.equal(lab.certificates(), count);
    await decide(victim, 'rejected');
    const wire = 'approval-rejected';
    await lab.refused(() => lab.send(victim.scepUrl, victim.message), { reason: wire, wire });
    const challenge = await victim.challenge();
    const deployment = await victim.deployment();
    const other = lab.request(deployment, { challenge, key: lab.otherKey });
    await lab.refused(() => lab.send(victim.scepUrl, other), { reason: wire, wire });
  });

  test('changes nothing about what was approved', async () => {
    const victim = await waiting();
    await decide(victim, 'approved');
    const challenge = await victim.challenge();
    const ask = (asked: AskedFor) => ({ ...asked, subject: nameOf([['2.5.4.3', 'administrator']]) });
    const message = lab.request(await victim.deployment(), { challenge, ask, key: lab.otherKey });
    await lab.refused(() => lab.send(victim.scepUrl, message), {
      reason: 'subject-name-mismatch',
      wire: 'subject-name-mismatch subject.CN',
    });
  });

  test('stores no challenge', async () => {
    await waiting();
    const { assertNothingLeaked } = lab;
    await assertNothingLeaked();
  });
});

describe('GetCert', () => {
  const getCert = (signer: TestIdentity, serial: Uint8Array, issuer = lab.issuer.subjectDer) =>
    forgeMessage({ type: 'GetCert', content: encodeIssuerAndSerial(issuer, serial), signer, recipient: lab.ra }).bytes;

  test('tells a stranger nothing about certificates that there are, nor about those that there are not', async () => {
    const victim = await lab.victim();
    const { serial } = parseCertificate((await lab.enrolled(victim)).certificate);
    const stranger = selfSigned(lab.otherKey, nobody);
    for (const each of [serial, Uint8Array.of(0x41, 1, 2)])
      await lab.refused(() => lab.send(victim.scepUrl, getCert(stranger, each)), { reason: 'signer-self-signed' });
  });

  test('tells the holder of a revoked certificate nothing', async () => {
    const [victim, thief] = [await lab.victim(), await lab.victim()];
    const { serial } = parseCertificate((await lab.enrolled(victim)).certificate);
    const signer = await lab.enrolled(thief);
    const { currentCertificateId } = await thief.deployment();
    await lab.world.server.authority.revoke({
      certificateId: currentCertificateId as never,
      reason: 'keyCompromise',
      cause,
    });
    await lab.refused(() => lab.send(victim.scepUrl, getCert(signer, serial)), {
      reason: 'signer-revoked',
      wire: 'signer-revoked',
    });
  });

  test('hands out device certificates only', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const others = lab.rows("SELECT serial FROM certificate WHERE purpose <> 'device'");
    assert.ok(others.length > 0);
    for (const { serial } of others) {
      const message = getCert(signer, fromHex(String(serial)) ?? nobody);
      await lab.refused(() => lab.send(victim.scepUrl, message), {
        reason: 'certificate-unknown',
        wire: 'certificate-unknown',
        failInfo: 'badCertId',
      });
    }
  });

  test('of nonsense', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const { bytes } = forgeMessage({ type: 'GetCert', content: Uint8Array.of(5, 0), signer, recipient: lab.ra });
    await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'content-decoding-failed' });
  });
});

test('GetCRL for an issuer that is not ours', async () => {
  const victim = await lab.victim();
  const content = encodeIssuerAndSerial(lab.ra.subjectDer, Uint8Array.of(1));
  const signer = selfSigned(lab.key, nobody);
  const { bytes } = forgeMessage({ type: 'GetCRL', content, signer, recipient: lab.ra });
  await lab.refused(() => lab.send(victim.scepUrl, bytes), {
    reason: 'crl-unavailable',
    wire: 'crl-unavailable',
    failInfo: 'badCertId',
  });
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());
