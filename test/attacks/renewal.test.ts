/** RenewalReq and PKCSReq signed with certificates that do not entitle to what they ask for. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assign } from '../../src/assignments/assign.ts';
import { openStoredKey } from '../../src/authority/stored-key.ts';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { importPrivateKey } from '../../src/crypto/private-key.ts';
import { saveDevice } from '../../src/directory/save-device.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { day, minute } from '../../src/lib/clock.ts';
import { type AttackLab, type Refused, startAttackLab, type Victim } from '../support/attack-lab.ts';
import { type AskedFor, forgedCertificate } from '../support/forged-message.ts';
import { readReply, selfSigned, type TestIdentity, testClientKey } from '../support/scep-test-client.ts';

const cause = systemCause;
let lab: AttackLab;
/** For the certificate that is asked for; the victims have `lab.key`. */
let newKey: ClientKey;
before(async () => {
  lab = await startAttackLab({ tls: true });
  newKey = lab.otherKey;
});
after(() => lab[Symbol.asyncDispose]());

type Change = { readonly key?: ClientKey; readonly ask?: (asked: AskedFor) => AskedFor; readonly at?: string };

async function renewal(victim: Victim, signer: TestIdentity, change: Change = {}): Promise<Response> {
  const { key = newKey, at = victim.scepUrl, ask } = change;
  const deployment = await victim.deployment();
  const type = 'RenewalReq';
  return lab.send(at, lab.request(deployment, { type, key, challenge: null, signer, ...(ask && { ask }) }));
}

const same = (reason: string): Refused => ({ reason, wire: reason });

test('an honest renewal works here, so that what follows is refused for its own reason', async () => {
  const victim = await lab.victim();
  const old = await lab.enrolled(victim);
  const count = lab.certificates();
  assert.equal((await readReply(await renewal(victim, old), old.key)).status, 'SUCCESS');
  assert.equal(lab.certificates(), count + 1);
});

describe('renewal with', () => {
  test("another device's certificate yields neither device anything", async () => {
    const victim = await lab.victim();
    const thief = await lab.sibling(victim);
    await lab.enrolled(victim);
    const signer = await lab.enrolled(thief, await testClientKey());
    await lab.refused(() => renewal(victim, signer), {
      reason: 'subject-name-mismatch',
      wire: 'subject-name-mismatch subject.CN',
    });
  });

  test("a certificate of another profile, at this profile's address", async () => {
    const [victim, other] = [await lab.victim(), await lab.victim()];
    const signer = await lab.enrolled(other);
    await lab.refused(() => renewal(victim, signer), same('signer-of-another-profile'));
  });

  test("its own certificate, under another device's delivery address", async () => {
    const victim = await lab.victim();
    const other = await lab.sibling(victim);
    const signer = await lab.enrolled(victim);
    const at = `${victim.scepUrl}/d/${(await other.deployment()).deliveryRef}`;
    await lab.refused(() => renewal(victim, signer, { at }), same('signer-of-another-delivery'));
  });

  test('a revoked certificate', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const { currentCertificateId } = await victim.deployment();
    await lab.world.server.authority.revoke({
      certificateId: currentCertificateId as never,
      reason: 'keyCompromise',
      cause,
    });
    await lab.refused(() => renewal(victim, signer), same('signer-revoked'));
  });

  test('a superseded certificate and yet another key', async () => {
    const victim = await lab.victim();
    const old = await lab.enrolled(victim);
    assert.equal((await readReply(await renewal(victim, old), old.key)).status, 'SUCCESS');
    const key = await testClientKey();
    await lab.refused(() => renewal(victim, old, { key }), same('signer-superseded'));
  });

  test('the key of a device certificate and a certificate that only claims to be that one', async () => {
    const victim = await lab.victim();
    const { key, certificate } = await lab.enrolled(victim);
    const { issuerDer: issuer, subjectDer: subject, serial } = parseCertificate(certificate);
    // Issuer and serial number as in our books; the signature is the attacker's own.
    const forged = forgedCertificate(lab.otherKey, { issuer, subject, serial });
    await lab.refused(() => renewal(victim, forged), { reason: 'signer-forged' });
    const ownKey = forgedCertificate(key, { issuer, subject, serial });
    await lab.refused(() => renewal(victim, ownKey), { reason: 'signer-forged' });
  });

  test('a certificate of a CA that bears the name of ours', async () => {
    const victim = await lab.victim();
    const foreignCa = await testClientKey();
    const subject = encodeName(nameOf([['2.5.4.3', victim.device.deviceName]]));
    const serial = Uint8Array.of(0x40, 1, 2, 3);
    const forged = forgedCertificate(lab.key, { issuer: lab.issuer.subjectDer, subject, serial }, foreignCa);
    await lab.refused(() => renewal(victim, forged), { reason: 'signer-forged' });
    // And one that bears it as its own name as well.
    const root = forgedCertificate(lab.key, { issuer: lab.issuer.subjectDer, subject: lab.issuer.subjectDer, serial });
    await lab.refused(() => renewal(victim, root), { reason: 'signer-forged' });
  });

  test('a certificate of a CA that nobody here knows', async () => {
    const victim = await lab.victim();
    const name = (text: string) => encodeName(nameOf([['2.5.4.3', text]]));
    const serial = Uint8Array.of(0x40, 1);
    const foreign = forgedCertificate(lab.key, { issuer: name('Other CA'), subject: name('x'), serial }, lab.otherKey);
    await lab.refused(() => renewal(victim, foreign), { reason: 'signer-foreign' });
  });

  test('a self-signed certificate', async () => {
    const victim = await lab.victim();
    const signer = selfSigned(newKey, encodeName(nameOf([['2.5.4.3', victim.device.deviceName]])));
    await lab.refused(() => renewal(victim, signer), { reason: 'signer-self-signed' });
  });

  test('the certificate and key of our own RA', async () => {
    const victim = await lab.victim();
    const signer = await ownIdentity(lab.ra.der);
    await lab.refused(() => renewal(victim, signer), { reason: 'signer-not-a-device' });
  });

  test('the certificate and key of our own issuer', async () => {
    const victim = await lab.victim();
    const signer = await ownIdentity(lab.issuer.der);
    await lab.refused(() => renewal(victim, signer), { reason: 'signer-not-a-device' });
  });

  test('the certificate and key that our own HTTPS has', async () => {
    const victim = await lab.victim();
    const [row] = lab.rows("SELECT der FROM certificate WHERE purpose = 'tls'");
    const signer = await ownIdentity(new Uint8Array(row?.der as Uint8Array));
    await lab.refused(() => renewal(victim, signer), { reason: 'signer-not-a-device' });
  });

  test('other names than the old certificate has', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const ask = (asked: AskedFor) => ({ ...asked, subject: nameOf([['2.5.4.3', 'administrator']]) });
    await lab.refused(() => renewal(victim, signer, { ask }), {
      reason: 'subject-name-mismatch',
      wire: 'subject-name-mismatch subject.CN',
    });
    const more = (asked: AskedFor): AskedFor => ({
      ...asked,
      alternativeNames: [{ kind: 'dns', value: 'dc1.example' }],
    });
    await lab.refused(() => renewal(victim, signer, { ask: more }), {
      reason: 'subject-alt-name-mismatch',
      wire: 'subject-alt-name-mismatch subjectAlternativeName',
    });
  });

  test('the challenge of another device in it gets what its signer is entitled to, and spends no challenge', async () => {
    const [victim, other] = [await lab.victim(), await lab.victim()];
    const signer = await lab.enrolled(victim);
    const challenge = await other.challenge();
    const message = lab.request(await victim.deployment(), { type: 'RenewalReq', key: newKey, challenge, signer });
    const reply = await readReply(await lab.send(victim.scepUrl, message), signer.key);
    const [certificate] = reply.certificates;
    assert.ok(certificate);
    assert.ok(Buffer.from(certificate).includes(victim.device.deviceName));
    const [left] = lab.rows(
      'SELECT state FROM challenge WHERE deployment_id = ? ORDER BY id DESC',
      (await other.deployment()).id,
    );
    assert.equal(left?.state, 'live');
  });
});

describe('renewal of', () => {
  test('a deployment that is no longer wanted', async () => {
    // Else the certificate would be revoked by then, which is told first.
    const victim = await lab.victim({ server: { removal: { unassigned: { revoke: false } } } });
    const signer = await lab.enrolled(victim);
    await assign(
      { ...lab.world.server.foundation.store, clock: lab.clock },
      { profileId: victim.profile.id, assignments: [], cause },
    );
    await lab.world.server.reconciling.settled();
    const message = lab.request(
      { ...(await victim.deployment()), expectation: (await (await lab.victim()).deployment()).expectation },
      { type: 'RenewalReq', key: newKey, challenge: null, signer },
    );
    await lab.refused(() => lab.send(victim.scepUrl, message), same('scep-profile-no-longer-targeted-to-the-client'));
  });

  test('a retired device', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const message = lab.request(await victim.deployment(), {
      type: 'RenewalReq',
      key: newKey,
      challenge: null,
      signer,
    });
    await lab.world.server.lifecycle.retire({ deviceId: victim.device.id, action: 'retire', cause });
    await lab.refused(() => lab.send(victim.scepUrl, message), same('signer-revoked'));
  });

  test('names that have changed meanwhile: neither the old ones nor the new', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    const before = await victim.deployment();
    const { foundation, reconciling } = lab.world.server;
    const { id, deviceName } = victim.device;
    const ports = { ...foundation.store, clock: lab.clock };
    await saveDevice(ports, { id, source: 'api', facts: { deviceName: `${deviceName}-renamed` }, cause });
    await reconciling.settled();
    const changed = await victim.deployment();
    assert.notEqual(changed.expectation?.subjectText, before.expectation?.subjectText);
    for (const deployment of [before, changed]) {
      const message = lab.request(deployment, { type: 'RenewalReq', key: newKey, challenge: null, signer });
      await lab.refused(() => lab.send(victim.scepUrl, message), same('new-challenge-due'));
    }
  });

  test('the same key, where the profile forbids it', async () => {
    const victim = await lab.victim();
    const signer = await lab.enrolled(victim);
    await lab.refused(() => renewal(victim, signer, { key: signer.key }), same('renewal-same-key'));
  });

  test('anything, where the profile has no renewal by certificate', async () => {
    const victim = await lab.victim({ server: { renewal: { byCertificate: false } } });
    const signer = await lab.enrolled(victim);
    await lab.refused(() => renewal(victim, signer), same('renewal-not-allowed'));
  });

  test('a certificate before its window opens, to the minute', async () => {
    const victim = await lab.victim({
      settings: { certificateValidityPeriod: { value: 1, unit: 'years' }, renewalThreshold: 20 },
      server: { renewal: { window: 'threshold' } },
    });
    const signer = await lab.enrolled(victim);
    const { notBefore, notAfter } = parseCertificate(signer.certificate);
    const opens = notAfter - Math.floor((notAfter - notBefore) / 5);
    lab.clock.advance(opens - lab.clock.now() - minute);
    await lab.refused(() => renewal(victim, signer), same('renewal-too-early'));
    lab.clock.advance(2 * minute);
    assert.equal((await readReply(await renewal(victim, signer), signer.key)).status, 'SUCCESS');
  });
});

test('an expired certificate renews nothing', async () => {
  const victim = await lab.victim();
  const signer = await lab.enrolled(victim);
  const { notAfter } = parseCertificate(signer.certificate);
  lab.clock.advance(notAfter - lab.clock.now() + day);
  await lab.refused(() => renewal(victim, signer), same('signer-expired'));
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());

/** What only somebody inside could have: one of the server's own certificates, with its key. */
async function ownIdentity(certificate: Uint8Array): Promise<TestIdentity> {
  const { store, secret } = lab.world.server.foundation;
  const { spki } = parseCertificate(certificate);
  const stored = (await store.keys.all()).find(({ publicKey }) => sameBytes(publicKey, spki));
  assert.ok(stored);
  return { key: { privateKey: importPrivateKey(openStoredKey(secret, stored)), publicKey: spki }, certificate };
}
