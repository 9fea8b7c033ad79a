/** Messages that were repeated, cut, changed, encrypted to others, signed otherwise, or made to blow up. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { plainBytes } from '../../src/crypto/plain-bytes.ts';
import { encodePkiMessage } from '../../src/formats/scep/encode-pki-message.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { type AttackLab, type Refused, startAttackLab, type Victim } from '../support/attack-lab.ts';
import {
  askedBy,
  type ForgedMessage,
  forgedCertificate,
  forgedCsr,
  forgeMessage,
  pss,
  unequalOaep,
} from '../support/forged-message.ts';
import { readReply, selfSigned } from '../support/scep-test-client.ts';

const nobody = new Uint8Array([0x30, 0]);
let lab: AttackLab;
let victim: Victim;
before(async () => {
  lab = await startAttackLab();
  victim = await lab.victim();
});
after(() => lab[Symbol.asyncDispose]());

async function honest(change: Partial<ForgedMessage> = {}, target = victim) {
  const csr = forgedCsr(lab.key, askedBy(await target.deployment()), await target.challenge());
  const signer = selfSigned(lab.key, nobody);
  return forgeMessage({ type: 'PKCSReq', content: csr, signer, recipient: lab.ra, ...change });
}

const told = (reason: string, field: string): Refused => ({ reason, wire: `${reason} ${field}`, failInfo: 'badAlg' });

test('a message that was recorded and sent again yields the same certificate, not a second one', async () => {
  const target = await lab.victim();
  const { bytes } = await honest({}, target);
  const first = await readReply(await lab.send(target.scepUrl, bytes), lab.key);
  const count = lab.certificates();
  const replies = await Promise.all(
    Array.from({ length: 5 }, async () => readReply(await lab.send(target.scepUrl, bytes), lab.key)),
  );
  assert.equal(lab.certificates(), count);
  for (const reply of replies) assert.deepEqual(reply.certificates, first.certificates);
});

test('a recorded answer cannot be turned into a request', async () => {
  const target = await lab.victim();
  const { bytes } = await honest({}, target);
  const answer = await (await lab.send(target.scepUrl, bytes)).bytes();
  const count = lab.certificates();
  await lab.refused(() => lab.send(target.scepUrl, plainBytes(answer)), { reason: 'message-type-unsupported' });
  assert.equal(lab.certificates(), count);
});

test('cut after every 50 bytes: nothing is issued, nothing breaks', async () => {
  const { bytes } = await honest();
  const count = lab.certificates();
  for (let length = 0; length < bytes.length; length += 50) {
    const response = await lab.send(victim.scepUrl, bytes.subarray(0, length));
    assert.equal(response.status, 400, `after ${length} bytes`);
    assert.match(await response.text(), /^(The message is no SCEP message|PKIOperation needs a message)/);
  }
  assert.equal(lab.certificates(), count);
});

describe('one flipped bit', () => {
  for (const part of ['signedAttributes', 'signature', 'encryptedKey', 'encryptedContent'] as const)
    test(`in ${part}, by somebody on the way, is refused or unreadable`, async () => {
      const count = lab.certificates();
      for (const share of [0.1, 0.3, 0.5, 0.7, 0.9, 0.99]) {
        const { bytes, parts } = await honest();
        const start = Buffer.from(bytes).indexOf(Buffer.from(parts[part]));
        assert.ok(start > 0);
        const at = start + Math.floor(parts[part].length * share);
        bytes[at] = (bytes[at] ?? 0) ^ 4;
        const response = await lab.send(victim.scepUrl, bytes);
        // What was flipped may be the very id that an answer needs.
        if (response.status === 400) continue;
        const reply = parsePkiMessage(await response.bytes());
        assert.ok(reply.ok);
        assert.equal(reply.message.pkiStatus, 'FAILURE');
        assert.match(reply.message.failInfoText ?? '', /^request-refused /);
      }
      assert.equal(lab.certificates(), count);
    });

  test("in the signer's own certificate, which is a name tag for its key, gains nobody anything", async () => {
    const { parts } = await honest();
    for (let at = 20; at < parts.signerCertificate.length; at += 60) {
      const target = await lab.victim();
      const message = await honest({}, target);
      const start = Buffer.from(message.bytes).indexOf(Buffer.from(message.parts.signerCertificate));
      message.bytes[start + at] = (message.bytes[start + at] ?? 0) ^ 4;
      const response = await lab.send(target.scepUrl, message.bytes);
      const { currentCertificateId } = await target.deployment();
      if (currentCertificateId === null) continue;
      // Issued to the key that asked, under the names that were expected; the answer is still for that key alone.
      const [certificate] = (await readReply(response, lab.key)).certificates;
      assert.ok(certificate !== undefined);
      const { spki } = parseCertificate(certificate);
      assert.ok(sameBytes(spki, lab.key.publicKey) && Buffer.from(certificate).includes(target.device.deviceName));
    }
  });

  for (const part of ['encryptedKey', 'encryptedContent'] as const)
    test(`in ${part}, signed by the client itself, is refused like any other: no padding oracle`, async () => {
      for (const share of [0, 0.2, 0.5, 0.8, 0.99]) {
        const flip = (bytes: Uint8Array) => {
          const changed = Uint8Array.from(bytes);
          const at = Math.floor(bytes.length * share);
          changed[at] = (changed[at] ?? 0) ^ 1;
          return changed;
        };
        const { bytes } = await honest({ tamper: { [part]: flip } });
        const count = lab.certificates();
        const response = await lab.send(victim.scepUrl, bytes);
        const reply = parsePkiMessage(await response.bytes());
        assert.ok(reply.ok);
        assert.match(reply.message.failInfoText ?? '', /^request-refused /);
        assert.equal(reply.message.failInfo, 'badRequest');
        assert.equal(lab.certificates(), count);
        const [row] = lab.rows(
          'SELECT reason FROM scep_transaction WHERE request_id = ?',
          response.headers.get('x-request-id') ?? '',
        );
        assert.match(
          String(row?.reason),
          /^(decryption-failed|certificate-request-decoding-failed|certificate-request-signature-invalid)$/,
        );
      }
    });
});

describe('a message', () => {
  test('encrypted to another RA, or to the issuer', async () => {
    const { certificate } = await lab.enrolled(await lab.victim());
    for (const recipient of [parseCertificate(certificate), lab.issuer]) {
      const { bytes } = await honest({ recipient });
      await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'wrong-recipient' });
    }
  });

  test('signed by another key than it asks for', async () => {
    const { bytes } = await honest({ signer: selfSigned(lab.otherKey, nobody) });
    await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'registered-key-mismatch' });
  });

  test('signed by another key than its certificate has', async () => {
    const { certificate } = selfSigned(lab.key, nobody);
    const { bytes } = await honest({ signer: { key: lab.otherKey, certificate } });
    await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'signature-validation-failed' });
  });

  test('whose envelope was exchanged under an honest signature', async () => {
    const [ours, theirs] = [await honest(), await honest()];
    const message = parsePkiMessage(ours.bytes);
    const other = parsePkiMessage(theirs.bytes);
    assert.ok(message.ok && other.ok);
    const { signedAttributes, signer, signerCertificate } = message.message;
    const bytes = encodePkiMessage({
      content: other.message.content,
      signedAttributes,
      signature: signer.signature,
      digest: 'sha256',
      signer: signerCertificate,
      certificates: [signerCertificate.der],
    });
    await lab.refused(() => lab.send(victim.scepUrl, bytes), { reason: 'signature-validation-failed' });
  });

  for (const digest of ['md5', 'sha1'] as const)
    test(`digested with ${digest}`, async () => {
      const { bytes } = await honest({ digest });
      await lab.refused(() => lab.send(victim.scepUrl, bytes), told('digest-not-allowed', 'digestAlgorithm'));
    });

  test('encrypted with single DES', async () => {
    const { bytes } = await honest({ cipher: 'des-cbc' });
    await lab.refused(() => lab.send(victim.scepUrl, bytes), told('cipher-not-allowed', 'contentEncryptionAlgorithm'));
  });

  test('encrypted with 3DES where the profile forbids it', async () => {
    const strict = await lab.victim({ server: { ciphers: { tripleDes: false } } });
    const { bytes } = await honest({ cipher: 'des-ede3-cbc' }, strict);
    await lab.refused(() => lab.send(strict.scepUrl, bytes), told('cipher-not-allowed', 'contentEncryptionAlgorithm'));
  });

  test('whose key travels by OAEP with two digests', async () => {
    const { bytes } = await honest({ transport: unequalOaep });
    await lab.refused(
      () => lab.send(victim.scepUrl, bytes),
      told('key-transport-not-allowed', 'keyEncryptionAlgorithm'),
    );
  });

  test('signed by RSASSA-PSS', async () => {
    const { signatureAlgorithm, sign } = pss;
    const { bytes } = await honest({ signatureAlgorithm, sign: (attributes) => sign(lab.key, attributes) });
    await lab.refused(
      () => lab.send(victim.scepUrl, bytes),
      told('signature-algorithm-not-allowed', 'signatureAlgorithm'),
    );
  });

  test('that says to be a reply', async () => {
    const { bytes } = await honest({ type: 'CertRep' as never });
    const response = await lab.send(victim.scepUrl, bytes);
    const count = lab.certificates();
    const reply = parsePkiMessage(await response.bytes());
    assert.ok(reply.ok);
    assert.match(reply.message.failInfoText ?? '', /^request-refused /);
    assert.equal(lab.certificates(), count);
  });

  test('with a nonce or transaction id out of bounds', async () => {
    const count = lab.certificates();
    for (const change of [
      { senderNonce: new Uint8Array(65) },
      { senderNonce: new Uint8Array(0) },
      { transactionId: 'x'.repeat(256) },
    ]) {
      const { bytes } = await honest(change);
      assert.equal((await lab.send(victim.scepUrl, bytes)).status, 400);
    }
    assert.equal(lab.certificates(), count);
  });
});

test('before a proof holds all refusals are the same bytes, but for request id, nonce and signature', async () => {
  const transactionId = 'the-same';
  const senderNonce = new Uint8Array(16).fill(7);
  const target = await lab.victim();
  const deployment = await target.deployment();
  const build = (change: Partial<ForgedMessage>, challenge: string | null = 'A'.repeat(26)) =>
    forgeMessage({
      type: 'PKCSReq',
      content: forgedCsr(lab.key, askedBy(deployment), challenge),
      signer: selfSigned(lab.key, nobody),
      recipient: lab.ra,
      transactionId,
      senderNonce,
      ...change,
    }).bytes;
  const live = await target.challenge();
  const wrongSignature = build({}, live);
  wrongSignature[wrongSignature.length - 1] = (wrongSignature.at(-1) ?? 0) ^ 1;
  const foreignCa = { issuer: lab.ra.subjectDer, subject: nobody, serial: Uint8Array.of(0x41) };
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['challenge-unknown', build({})],
    ['challenge-password-missing', build({}, null)],
    ['wrong-recipient', build({ recipient: lab.issuer }, live)],
    ['signature-validation-failed', wrongSignature],
    ['registered-key-mismatch', build({ signer: selfSigned(lab.otherKey, nobody) }, live)],
    [
      'certificate-request-signature-invalid',
      build({ content: forgedCsr(lab.key, askedBy(deployment), live, { signWith: lab.otherKey }) }),
    ],
    ['certificate-request-decoding-failed', build({ content: Uint8Array.of(0x30, 0) })],
    ['decryption-failed', build({ tamper: { encryptedContent: (bytes) => bytes.subarray(1) } }, live)],
    ['signer-self-signed', build({ type: 'RenewalReq' }, null)],
    ['signer-foreign', build({ signer: forgedCertificate(lab.key, foreignCa, lab.otherKey) }, null)],
    [
      'signer-forged',
      build(
        { signer: forgedCertificate(lab.key, { ...foreignCa, issuer: lab.issuer.subjectDer }, lab.otherKey) },
        null,
      ),
    ],
    ['message-malformed', build({ type: 'CertRep' as never })],
  ];
  const shapes = new Map<string, string>();
  for (const [reason, message] of cases) {
    const bytes = await lab.refused(() => lab.send(target.scepUrl, message), { reason });
    shapes.set(reason, shape(bytes));
  }
  assert.deepEqual([...new Set(shapes.values())].length, 1, JSON.stringify([...shapes], null, 1));
});

/** The answer in hex, with what must differ crossed out. */
function shape(bytes: Uint8Array): string {
  const parsed = parsePkiMessage(bytes);
  assert.ok(parsed.ok);
  const { senderNonce, signer, failInfoText = '' } = parsed.message;
  const id = failInfoText.split(' ').at(-1) ?? '';
  const copy = Buffer.from(bytes);
  for (const part of [Buffer.from(senderNonce), Buffer.from(signer.signature), Buffer.from(id)]) {
    const at = copy.indexOf(part);
    assert.ok(at > 0);
    copy.fill(0x58, at, at + part.length);
  }
  return copy.toString('hex');
}

test('and none of this has hurt: an honest request is answered', async () => {
  const { bytes } = await honest();
  const reply = await readReply(await lab.send(victim.scepUrl, bytes), lab.key);
  assert.equal(reply.status, 'SUCCESS');
  assert.ok(!sameBytes(reply.certificates[0] ?? nobody, nobody));
});

test('no secret is left anywhere', () => lab.assertNothingLeaked());
