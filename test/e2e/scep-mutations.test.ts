/** Broken messages through the whole server: every one is answered, none by an error of ours, and none buys anything new. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import { encodeIssuerAndSerial } from '../../src/formats/scep/issuer-and-serial.ts';
import { encodeIssuerAndSubject } from '../../src/formats/scep/issuer-and-subject.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { sameBytes } from '../../src/lib/bytes.ts';
import { randomBytes, randomInteger } from '../../src/lib/random.ts';
import { rounds } from '../support/rounds.ts';
import {
  buildMessage,
  csrOf,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  type TestMessage,
  testClientKey,
} from '../support/scep-test-client.ts';
import { type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';

/** One to three small injuries: bits, bytes, lengths, cuts, repetitions. */
function mutated(message: Uint8Array): Uint8Array {
  let bytes = message.slice();
  for (let left = 1 + randomInteger(3); left > 0; left--) {
    const at = randomInteger(bytes.length);
    switch (randomInteger(6)) {
      case 0:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << randomInteger(8));
        break;
      case 1:
        bytes[at] = randomInteger(256);
        break;
      case 2:
        bytes.set(randomBytes(Math.min(8, bytes.length - at)), at);
        break;
      case 3:
        bytes = bytes.slice(0, at + 1);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + 1 + randomInteger(4))]);
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(Math.max(0, at - 16))]);
        break;
    }
    if (bytes.length === 0) return Uint8Array.of(0x30);
  }
  return bytes;
}

async function messages(server: ScepTestServer, key: ClientKey) {
  const profile = await server.addProfile();
  const address = server.addressOf(profile);
  const recipient = await registrationAuthorityOf(address);
  const deployment = await server.addDeployment(profile);
  const requested = requestedBy(deployment);
  const own = selfSigned(key, requested.subject);
  const build = (type: TestMessage['type'], content: Uint8Array, signer = own) =>
    buildMessage({ type, content, signer, recipient });
  const enrolment = build('PKCSReq', csrOf(key, requested, await server.mint(deployment)));
  const [certificate] = (await readReply(await post(address, enrolment), key)).certificates;
  assert.ok(certificate !== undefined);
  const { issuerDer, serial } = parseCertificate(certificate);
  const about = encodeIssuerAndSerial(issuerDer, serial);
  const device = { key, certificate };
  const list = [
    enrolment,
    build('RenewalReq', csrOf(await testClientKey(), requested, null), device),
    build('CertPoll', encodeIssuerAndSubject(issuerDer, requested.subject)),
    build('GetCert', about, device),
    build('GetCRL', about),
  ];
  return { address, deployment, certificate, list };
}

test('mutated messages of every type', async () => {
  await using server = await startScepTestServer({ failuresPerMinute: 1_000_000 });
  const key = await testClientKey();
  const { address, deployment, certificate, list } = await messages(server, key);
  const count = rounds(200, 5000);
  for (let round = 0; round < count; round++) {
    const message = mutated(list[round % list.length] ?? new Uint8Array());
    const response = await post(address, message);
    const where = `round ${round}: ${Buffer.from(message).toString('base64')}`;
    assert.ok(response.status === 200 || response.status === 400, `HTTP ${response.status}, ${where}`);
    if (response.status === 400) await response.arrayBuffer();
    else if (round % list.length === 0) {
      // What is not signed (the client's certificate of its own) may be injured and the message still hold: a repeat.
      const body = await response.arrayBuffer();
      const reply = await readReply(new Response(body), key).catch(() => null);
      for (const der of reply?.certificates ?? []) assert.ok(sameBytes(der, certificate), where);
    } else await response.arrayBuffer();
  }
  const { issuedGeneration } = await server.reload(deployment);
  assert.ok(issuedGeneration <= 2, 'at most the one renewal that was asked for');
});
