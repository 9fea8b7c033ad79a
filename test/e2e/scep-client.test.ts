import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RequestedCertificate } from '../../src/client/certificate-request.ts';
import { httpTransport } from '../../src/client/http-transport.ts';
import { chooseAlgorithms, enroll, renew, type ScepExchange } from '../../src/client/scep-client.ts';
import { agentHabits } from '../../src/client/scep-habits.ts';
import { contactScepServer } from '../../src/client/scep-server.ts';
import { sha256Hex } from '../../src/crypto/digest.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { fromBase64, sameBytes } from '../../src/lib/bytes.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { fakeKey } from '../support/fake-scep-server.ts';
import { startScepTestServer } from '../support/scep-test-server.ts';

it('a certificate is enrolled by challenge and renewed by certificate, by POST and by GET', async () => {
  await using server = await startScepTestServer();
  await using transport = httpTransport({ kind: 'system', anchors: [] });
  const profile = await server.addProfile();
  const root = server.authority.root.certificate;
  const trust = { fingerprint: sha256Hex(root), anchors: [root] };
  for (const post of ['when-advertised', 'never'] as const) {
    const deployment = await server.addDeployment(profile);
    const call = { send: transport.send, habits: { ...agentHabits, post } };
    const now = systemClock.now();
    const known = await contactScepServer(call, server.addressOf(profile, deployment), trust, now, () => {});
    assert.ok(!('code' in known), JSON.stringify(known));
    const exchange: ScepExchange = {
      call,
      server: known,
      trust,
      algorithms: chooseAlgorithms(known.capabilities, ['sha2']),
      now,
    };
    const { expectation } = deployment;
    assert.ok(expectation !== null);
    const requested: RequestedCertificate = {
      subject: fromBase64(expectation.subject) ?? new Uint8Array(0),
      subjectAlternativeNames: [],
      keyUsage: expectation.keyUsage,
      extendedKeyUsages: expectation.extendedKeyUsages.map(({ oid }) => oid),
    };
    const wrong = await enroll(exchange, await fakeKey(), requested, 'A'.repeat(26));
    assert.equal(wrong.kind, 'refused');
    const key = await fakeKey();
    const challenge = await server.mint(deployment);
    const first = await enroll(exchange, key, requested, challenge);
    assert.ok(first.kind === 'issued', JSON.stringify(first));
    const repeated = await enroll(exchange, key, requested, challenge);
    assert.ok(repeated.kind === 'issued' && sameBytes(repeated.certificate, first.certificate), 'the same again');
    const newKey = await fakeKey();
    const second = await renew(exchange, newKey, requested, { key, certificate: first.certificate });
    assert.ok(second.kind === 'issued', JSON.stringify(second));
    assert.ok(sameBytes(parseCertificate(second.certificate).spki, newKey.publicKey));
    assert.ok(sameBytes(second.chain.at(-1) ?? new Uint8Array(0), root), 'the chain ends in the root');
  }
});
