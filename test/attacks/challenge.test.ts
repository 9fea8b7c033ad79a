import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assign } from '../../src/assignments/assign.ts';
import { systemCause } from '../../src/events/event.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { nameOf } from '../../src/formats/x509/name.ts';
import { sameBytes, toBase32 } from '../../src/lib/bytes.ts';
import { hour, minute } from '../../src/lib/clock.ts';
import { randomBytes } from '../../src/lib/random.ts';
import { reIssue } from '../../src/lifecycle/re-issue.ts';
import { deleteProfile } from '../../src/profiles/delete-profile.ts';
import { profileDocument } from '../../src/profiles/profile-document.ts';
import { saveProfile } from '../../src/profiles/save-profile.ts';
import { type AttackLab, startAttackLab, type Victim } from '../support/attack-lab.ts';
import type { AskedFor } from '../support/forged-message.ts';
import { readReply, selfSigned } from '../support/scep-test-client.ts';

const cause = systemCause;
let lab: AttackLab;
before(async () => {
  lab = await startAttackLab();
});
after(() => lab[Symbol.asyncDispose]());

/** The attacker has the challenge of `victim` and asks for what it expects. */
async function stolen(victim: Victim, lifetime?: number) {
  const challenge = await victim.challenge(lifetime);
  const deployment = await victim.deployment();
  return { challenge, deployment, message: lab.request(deployment, { challenge }) };
}

describe('a stolen challenge', () => {
  test('serves no second key', async () => {
    const victim = await lab.victim();
    const challenge = await victim.challenge();
    const deployment = await victim.deployment();
    const first = await readReply(await lab.send(victim.scepUrl, lab.request(deployment, { challenge })), lab.key);
    assert.equal(first.status, 'SUCCESS');
    const message = lab.request(deployment, { challenge, key: lab.otherKey });
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-spent', wire: 'challenge-spent' });
  });

  test('serves the same key with another request, and yields what was issued and nothing else', async () => {
    const victim = await lab.victim();
    const { challenge, deployment, message } = await stolen(victim);
    const first = await readReply(await lab.send(victim.scepUrl, message), lab.key);
    const count = lab.certificates();
    const ask = (asked: AskedFor) => ({ ...asked, subject: nameOf([['2.5.4.3', 'administrator']]) });
    const again = await readReply(await lab.send(victim.scepUrl, lab.request(deployment, { challenge, ask })), lab.key);
    assert.equal(lab.certificates(), count);
    assert.deepEqual(again.certificates, first.certificates);
  });

  test("is refused at another profile's address", async () => {
    const [victim, other] = [await lab.victim(), await lab.victim()];
    const { message } = await stolen(victim);
    const wire = 'challenge-of-another-profile';
    await lab.refused(() => lab.send(other.scepUrl, message), { reason: wire, wire });
    // Nothing was spent by that.
    assert.equal((await readReply(await lab.send(victim.scepUrl, message), lab.key)).status, 'SUCCESS');
  });

  test("is refused under another device's delivery address", async () => {
    const victim = await lab.victim();
    const other = await lab.sibling(victim);
    const { message } = await stolen(victim);
    const { deliveryRef } = await other.deployment();
    const wire = 'challenge-of-another-delivery';
    await lab.refused(() => lab.send(`${victim.scepUrl}/d/${deliveryRef}`, message), { reason: wire, wire });
    await lab.refused(() => lab.send(`${victim.scepUrl}/d/invented`, message), { reason: wire, wire });
  });

  test('does not give another device its own name', async () => {
    const victim = await lab.victim();
    const thief = await lab.sibling(victim);
    const challenge = await victim.challenge();
    const message = lab.request(await thief.deployment(), { challenge });
    await lab.refused(() => lab.send(victim.scepUrl, message), {
      reason: 'subject-name-mismatch',
      wire: 'subject-name-mismatch subject.CN',
    });
    const [row] = lab.rows('SELECT detail FROM scep_transaction ORDER BY id DESC LIMIT 1');
    assert.match(String(row?.detail), new RegExp(`CN=${victim.device.deviceName}.*CN=${thief.device.deviceName}`));
  });

  test('is worth nothing once expired, to the millisecond', async () => {
    const victim = await lab.victim();
    const { message } = await stolen(victim, minute);
    lab.clock.advance(minute);
    const wire = 'challenge-expired';
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: wire, wire });
  });

  test('is worth nothing in other letters, or with a blank', async () => {
    const victim = await lab.victim();
    const challenge = await victim.challenge();
    const deployment = await victim.deployment();
    for (const change of [challenge.toLowerCase(), ` ${challenge}`, `${challenge}\0`, challenge.slice(0, -1)]) {
      const message = lab.request(deployment, { challenge: change });
      await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-unknown' });
    }
  });

  test('of an earlier generation is worth nothing once the certificate is there', async () => {
    const victim = await lab.victim();
    const { message } = await stolen(victim);
    await lab.enrolled(victim, lab.otherKey);
    const wire = 'challenge-cancelled';
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: wire, wire });
    const deployment = await victim.deployment();
    await reIssue({ ...lab.world.server.foundation.store, clock: lab.clock }, { deploymentId: deployment.id, cause });
    assert.equal((await victim.deployment()).generation, deployment.generation + 1);
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: wire, wire });
  });
});

describe('a challenge that was taken back', () => {
  const takings: readonly { readonly name: string; readonly take: (victim: Victim) => Promise<unknown> }[] = [
    {
      name: 'because the device was retired',
      take: ({ device }) => lab.world.server.lifecycle.retire({ deviceId: device.id, action: 'retire', cause }),
    },
    {
      name: 'because the device was deleted',
      take: ({ device }) => lab.world.server.lifecycle.deleteDevices({ deviceIds: [device.id], cause }),
    },
    {
      name: 'because the profile changed what it asks for',
      take: async ({ profile, root }) => {
        const { foundation, authority } = lab.world.server;
        const changed = {
          ...profile,
          settings: { ...profile.settings, subjectNameFormat: 'CN={{DeviceName}},O=Elsewhere' },
        };
        const document = profileDocument(changed, { rootSlug: root.slug, assignments: null });
        const result = await saveProfile(
          { ...foundation.store, clock: lab.clock, issuers: authority.issuerFacts },
          { id: profile.id, version: null, document, cause },
        );
        assert.equal(result.kind, 'saved', JSON.stringify(result));
      },
    },
    {
      name: 'because the profile is assigned to nobody any more',
      take: ({ profile }) =>
        assign(
          { ...lab.world.server.foundation.store, clock: lab.clock },
          { profileId: profile.id, assignments: [], cause },
        ),
    },
  ];
  for (const { name, take } of takings)
    test(`${name}, is refused`, async () => {
      const victim = await lab.victim();
      const { message } = await stolen(victim);
      await take(victim);
      await lab.world.server.reconciling.settled();
      const wire = 'challenge-cancelled';
      await lab.refused(() => lab.send(victim.scepUrl, message), { reason: wire, wire });
    });

  test('because the profile was deleted, finds nobody at its address', async () => {
    const victim = await lab.victim();
    const { message } = await stolen(victim);
    const { store, clock } = lab.world.server.foundation;
    await deleteProfile({ ...store, clock }, { id: victim.profile.id, version: null, cause });
    const count = lab.certificates();
    assert.equal((await lab.send(victim.scepUrl, message)).status, 404);
    const other = await lab.victim();
    const wire = 'challenge-of-another-profile';
    await lab.refused(() => lab.send(other.scepUrl, message), { reason: wire, wire });
    assert.equal(lab.certificates(), count);
  });
});

describe('no challenge', () => {
  test('guesses are all alike, whatever their form', async () => {
    const victim = await lab.victim();
    await victim.challenge();
    const deployment = await victim.deployment();
    const guesses = [toBase32(randomBytes(17)).slice(0, 26), 'A'.repeat(26), "' OR 1=1 --", '%', 'x'.repeat(8000), 'ä'];
    for (const challenge of guesses) {
      const message = lab.request(deployment, { challenge });
      await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-unknown' });
    }
  });

  test('none at all, or an empty one', async () => {
    const victim = await lab.victim();
    const deployment = await victim.deployment();
    for (const challenge of [null, '']) {
      const message = lab.request(deployment, { challenge });
      await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-password-missing' });
    }
  });

  test('the hash that is stored, for whoever read the database', async () => {
    const victim = await lab.victim();
    await victim.challenge();
    const deployment = await victim.deployment();
    const [row] = lab.rows('SELECT secret_hash FROM challenge WHERE deployment_id = ?', deployment.id);
    const message = lab.request(deployment, { challenge: String(row?.secret_hash) });
    await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-unknown' });
  });
});

test('two thieves at once get one certificate between them', async () => {
  const victim = await lab.victim();
  const challenge = await victim.challenge();
  const deployment = await victim.deployment();
  const count = lab.certificates();
  const keys = [lab.key, lab.otherKey, lab.key, lab.otherKey];
  const replies = await Promise.all(
    keys.map(async (key) =>
      readReply(await lab.send(victim.scepUrl, lab.request(deployment, { challenge, key })), key),
    ),
  );
  assert.equal(lab.certificates(), count + 1);
  const [certificate, ...more] = [
    ...new Set(replies.flatMap((reply) => reply.certificates.map((der) => Buffer.from(der).toString('hex')))),
  ];
  assert.ok(certificate !== undefined);
  assert.deepEqual(more, []);
  const { spki } = parseCertificate(new Uint8Array(Buffer.from(certificate, 'hex')));
  for (const [at, { status }] of replies.entries())
    assert.equal(status, sameBytes(keys[at]?.publicKey ?? spki.subarray(1), spki) ? 'SUCCESS' : 'FAILURE');
});

test('a certificate that was issued is not handed out again a day later, nor once it is revoked', async () => {
  const victim = await lab.victim();
  const { message } = await stolen(victim);
  assert.equal((await readReply(await lab.send(victim.scepUrl, message), lab.key)).status, 'SUCCESS');
  const other = await lab.victim();
  const second = await stolen(other);
  assert.equal((await readReply(await lab.send(other.scepUrl, second.message), lab.key)).status, 'SUCCESS');
  const { currentCertificateId } = await other.deployment();
  await lab.world.server.authority.revoke({
    certificateId: currentCertificateId as never,
    reason: 'keyCompromise',
    cause,
  });
  await lab.refused(() => lab.send(other.scepUrl, second.message), {
    reason: 'certificate-revoked',
    wire: 'certificate-revoked',
  });
  lab.clock.advance(25 * hour);
  await lab.refused(() => lab.send(victim.scepUrl, message), { reason: 'challenge-spent', wire: 'challenge-spent' });
});

test('a request that somebody else signed keeps its challenge whole', async () => {
  const victim = await lab.victim();
  const challenge = await victim.challenge();
  const deployment = await victim.deployment();
  const signer = selfSigned(lab.otherKey, new Uint8Array([0x30, 0]));
  await lab.refused(() => lab.send(victim.scepUrl, lab.request(deployment, { challenge, signer })), {
    reason: 'registered-key-mismatch',
  });
  const honest = await readReply(await lab.send(victim.scepUrl, lab.request(deployment, { challenge })), lab.key);
  assert.equal(honest.status, 'SUCCESS');
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());
