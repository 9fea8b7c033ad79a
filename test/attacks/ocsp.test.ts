/** Asking the OCSP responder what it should not do: lie, sign for others, work without bound, fall over. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import fc from 'fast-check';
import type { Certificate } from '../../src/authority/certificate.ts';
import { enroll } from '../../src/client/scep-client.ts';
import { maxCertIds, maxOcspRequest } from '../../src/formats/ocsp/ocsp-request.ts';
import { concatBytes, toBase64Url } from '../../src/lib/bytes.ts';
import { deviceCertificates } from '../support/device-certificates.ts';
import { type OcspQuestion, ocspRequest } from '../support/ocsp-request.ts';
import { ownClient } from '../support/own-client.ts';
import { rounds } from '../support/rounds.ts';
import { makeScenario } from '../support/scep-scenario.ts';
import { requestedBy, testClientKey } from '../support/scep-test-client.ts';
import { until } from '../support/until.ts';
import { startWorld, type World } from '../support/world.ts';

const malformed = Uint8Array.of(0x30, 3, 0x0a, 1, 1);
const unauthorized = Uint8Array.of(0x30, 3, 0x0a, 1, 6);

suite('the OCSP responder', () => {
  let world: World;
  let issuer: Uint8Array;
  let known: Certificate;
  before(async () => {
    world = await startWorld({ issuerKey: 'p-256' });
    const context = await world.server.authority.issuing.active(null);
    issuer = context.issuer.certificate;
    const { store } = world.server.foundation;
    [known] = (await deviceCertificates(store, context, world.clock, 1)) as [Certificate];
    await until('an OCSP signer', async () => (await store.keys.all()).find(({ purpose }) => purpose === 'ocsp'));
  });
  after(() => world[Symbol.asyncDispose]());

  async function post(body: Uint8Array): Promise<Uint8Array> {
    const response = await fetch(`${world.url}/ocsp`, { method: 'POST', body: new Uint8Array(body) });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/ocsp-response');
    return new Uint8Array(await response.arrayBuffer());
  }

  const about = (given: Partial<OcspQuestion>) => ocspRequest({ issuer, serials: [known.serial], ...given });
  const isSuccess = (answer: Uint8Array) => Buffer.from(answer).includes(Buffer.from([0x0a, 1, 0, 0xa0]));

  const refused: readonly [string, () => Uint8Array, Uint8Array][] = [
    ['nothing', () => new Uint8Array(0), malformed],
    ['text', () => new TextEncoder().encode('who goes there?'), malformed],
    ['no certificate', () => about({ serials: [] }), malformed],
    ['something after the request', () => concatBytes([about({}), Uint8Array.of(5, 0)]), malformed],
    ['a cut request', () => about({}).subarray(0, -3), malformed],
    ['a nonce of no bytes', () => about({ nonce: new Uint8Array(0) }), malformed],
    ['a nonce of 33 bytes', () => about({ nonce: new Uint8Array(33) }), malformed],
    ['a critical extension that nobody knows', () => about({ criticalExtension: '1.2.3.4' }), malformed],
    ['more certificates than allowed', () => about({ serials: Array(maxCertIds + 1).fill(known.serial) }), malformed],
    ['an issuer of somebody else', () => about({ issuer: known.der }), unauthorized],
  ];
  for (const [name, request, answer] of refused)
    test(`${name}: said to be wrong, and nothing is signed`, async () => {
      assert.deepEqual(await post(request()), answer);
    });

  test('as many certificates as allowed, a nonce of 32 bytes, and every digest are answered', async () => {
    assert.ok(isSuccess(await post(about({ serials: Array(maxCertIds).fill(known.serial) }))));
    for (const digest of ['sha1', 'sha256', 'sha384', 'sha512'] as const)
      assert.ok(isSuccess(await post(about({ digest, nonce: new Uint8Array(32).fill(7) }))), digest);
  });

  test('an answer to a nonce is never given to another', async () => {
    const nonce = (byte: number) => new Uint8Array(16).fill(byte);
    const answers = await Promise.all([1, 2, 2].map((byte) => post(about({ nonce: nonce(byte) }))));
    for (const [index, byte] of [1, 2, 2].entries())
      assert.ok(Buffer.from(answers[index] ?? []).includes(Buffer.from(nonce(byte))));
  });

  test('one client that floods is told to come later; who comes from elsewhere is answered, and enrolment too', async () => {
    await using flooded = await startWorld({ config: { trustedProxies: ['127.0.0.1'] } });
    const { store } = flooded.server.foundation;
    const context = await flooded.server.authority.issuing.active(null);
    const [certificate] = (await deviceCertificates(store, context, flooded.clock, 1)) as [Certificate];
    await until('an OCSP signer', async () => (await store.keys.all()).find(({ purpose }) => purpose === 'ocsp'));
    const asked = (byte: number) =>
      ocspRequest({
        issuer: context.issuer.certificate,
        serials: [certificate.serial],
        nonce: new Uint8Array(16).fill(byte),
      });
    const from = async (address: string, byte: number) => {
      const headers = { 'x-forwarded-for': address };
      const body = new Uint8Array(asked(byte));
      const response = await fetch(`${flooded.url}/ocsp`, { method: 'POST', body, headers });
      return { later: response.headers.get('retry-after'), der: new Uint8Array(await response.arrayBuffer()) };
    };
    // What goes first, so that answers have to wait.
    const busy = Array.from({ length: 400 }, () =>
      flooded.server.foundation.pool.sign(context.issuer.keyId, 'sha256', new Uint8Array(1_000_000)),
    );
    const flood = Array.from({ length: 400 }, (_, at) => from(`2001:db8:0:1::${at % 90}`, at % 256));
    const scenario = await makeScenario(flooded, { name: 'meanwhile' });
    await using client = await ownClient(flooded, scenario.scepUrl);
    const [, elsewhere, enrolled, answers] = await Promise.all([
      Promise.all(busy),
      from('2001:db8:0:2::1', 1),
      enroll(
        client.exchange,
        await testClientKey(),
        requestedBy(await scenario.deployment()),
        await scenario.challenge(),
      ),
      Promise.all(flood),
    ]);
    assert.ok(isSuccess(elsewhere.der));
    assert.equal(enrolled.kind, 'issued');
    const sentAway = answers.filter(({ later }) => later !== null);
    assert.ok(sentAway.length > 0 && sentAway.length < 400, `${sentAway.length} of 400`);
    for (const { der, later } of sentAway) assert.deepEqual([der, later], [Uint8Array.of(0x30, 3, 0x0a, 1, 3), '2']);
    const after = await from('2001:db8:0:1::1', 3);
    assert.ok(isSuccess(after.der), 'and may come again');
  });

  test('what is larger than any request is cut off', async () => {
    const body = new Uint8Array(maxOcspRequest + 1);
    const response = await fetch(`${world.url}/ocsp`, { method: 'POST', body });
    assert.equal(response.status, 413);
  });

  test('paths that are no requests are answered as malformed', async () => {
    for (const tail of ['%', '%zz', '....', 'AAAA', '%00', '?', 'x'.repeat(9000), '..%2f..%2fetc']) {
      const response = await fetch(`${world.url}/ocsp/${tail}`);
      assert.ok([200, 400, 414].includes(response.status), `${tail.slice(0, 20)}: ${response.status}`);
      if (response.status === 200) assert.deepEqual(new Uint8Array(await response.arrayBuffer()), malformed);
    }
  });

  test('requests with any bytes changed are answered, and the server goes on', async () => {
    const request = about({ nonce: new Uint8Array(16) });
    await fc.assert(
      fc.asyncProperty(fc.nat(request.length - 1), fc.nat(255), async (at, byte) => {
        const changed = request.slice();
        changed[at] = byte;
        const answer = await post(changed);
        const response = await fetch(`${world.url}/ocsp/${toBase64Url(changed)}`);
        assert.equal(response.status, 200);
        assert.equal(answer[0], 0x30);
      }),
      { numRuns: rounds(150, 2000) },
    );
    assert.ok(isSuccess(await post(about({}))));
  });
});
