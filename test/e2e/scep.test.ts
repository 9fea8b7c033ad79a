import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ClientKey } from '../../src/client/certificate-request.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { encodeIssuerAndSerial } from '../../src/formats/scep/issuer-and-serial.ts';
import { encodeIssuerAndSubject } from '../../src/formats/scep/issuer-and-subject.ts';
import { type Certificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { parseCrl } from '../../src/formats/x509/crl.ts';
import { encodeName } from '../../src/formats/x509/name.ts';
import { sameBytes, toBase64 } from '../../src/lib/bytes.ts';
import { day, minute, systemClock } from '../../src/lib/clock.ts';
import type { ScepProfile } from '../../src/profiles/profile.ts';
import { skipUnless } from '../support/requires.ts';
import {
  buildMessage,
  csrOf,
  fetchCaCertificates,
  get,
  post,
  readReply,
  registrationAuthorityOf,
  requestedBy,
  selfSigned,
  type TestMessage,
  type TestReply,
  testClientKey,
} from '../support/scep-test-client.ts';
import { commonName, type ScepTestServer, startScepTestServer } from '../support/scep-test-server.ts';
import { verifyWithOpenssl } from '../support/verify-certificate.ts';

const time = { offset: 0 };
const clock = { now: () => Date.now() + time.offset, monotonic: systemClock.monotonic };

let server: ScepTestServer;
let profile: ScepProfile;
let ra: Certificate;
/** Shared where the key is of no account: making keys is slow. */
let key: ClientKey;
let otherKey: ClientKey;

before(async () => {
  server = await startScepTestServer({ clock });
  profile = await server.addProfile();
  ra = await registrationAuthorityOf(server.addressOf(profile));
  key = await testClientKey();
  otherKey = await testClientKey();
});
after(() => server[Symbol.asyncDispose]());

function enrolMessage(
  deployment: Deployment,
  challenge: string | null,
  change: Partial<TestMessage> & { readonly withKey?: ClientKey } = {},
): Uint8Array {
  const { withKey = key, ...rest } = change;
  const requested = requestedBy(deployment);
  const content = csrOf(withKey, requested, challenge);
  return buildMessage({
    type: 'PKCSReq',
    content,
    signer: selfSigned(withKey, requested.subject),
    recipient: ra,
    ...rest,
  });
}

async function enrolled(deployment: Deployment, withKey = key, of = profile): Promise<Uint8Array> {
  const message = enrolMessage(deployment, await server.mint(deployment), { withKey });
  const reply = await readReply(await post(server.addressOf(of), message), withKey);
  assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
  return first(reply.certificates);
}

function first(list: readonly Uint8Array[]): Uint8Array {
  const [one] = list;
  assert.ok(one !== undefined, 'there is one');
  return one;
}

async function lastRow(deployment: Deployment) {
  const [row] = await server.stores.scepTransactions.listByDeployment(deployment.id, 1);
  assert.ok(row !== undefined);
  return row;
}

function assertRefused(reply: TestReply, reason: string, failInfo = 'badRequest'): void {
  assert.deepEqual([reply.status, reply.failInfo, reply.reason], ['FAILURE', failInfo, reason]);
  assert.deepEqual(reply.certificates, []);
}

const hidden = 'request-refused';

describe('questions that anybody may ask', () => {
  test('GetCACaps follows the settings, under any tail and in any case', async () => {
    for (const tail of ['', '/pkiclient.exe', '/certsrv/mscep/mscep.dll'])
      for (const operation of ['GetCACaps', 'getcacaps']) {
        const response = await fetch(`${server.addressOf(profile)}${tail}?operation=${operation}&message=0`);
        assert.equal(response.headers.get('content-type'), 'text/plain');
        assert.deepEqual((await response.text()).trim().split('\n').slice(0, 3), [
          'POSTPKIOperation',
          'SCEPStandard',
          'AES',
        ]);
      }
  });

  test('GetCACert hands out RA, issuer and, on this platform, the root', async () => {
    const response = await fetch(`${server.addressOf(profile)}?operation=GetCACert`);
    assert.equal(response.headers.get('content-type'), 'application/x-x509-ca-ra-cert');
    const certificates = await fetchCaCertificates(server.addressOf(profile));
    assert.equal(certificates.length, 3);
    assert.ok(sameBytes(certificates[1]?.der ?? ra.der, server.authority.issuer.certificate));
    assert.ok(sameBytes(certificates[2]?.der ?? ra.der, server.authority.root.certificate));
  });

  test('there is no next CA certificate', async () => {
    const response = await fetch(`${server.addressOf(profile)}?operation=GetNextCACert`);
    assert.equal(response.status, 404);
    assert.equal(await response.text(), 'none\n');
  });

  test('a browser learns what this address is, and strangers that there is nothing', async () => {
    const bare = await fetch(server.addressOf(profile));
    assert.equal(bare.status, 400);
    assert.match(await bare.text(), /SCEP address/);
    assert.equal((await fetch(`${server.url}/scep/nothing?operation=GetCACaps`)).status, 404);
    assert.equal((await fetch(`${server.addressOf(profile)}?operation=Nonsense`)).status, 400);
  });

  test('the CRL and the issuer certificate are served', async () => {
    const crl = await fetch(`${server.url}/pki/test-g1/0.crl`);
    assert.equal(crl.headers.get('content-type'), 'application/pkix-crl');
    assert.match(crl.headers.get('cache-control') ?? '', /^public, max-age=\d+$/);
    parseCrl(new Uint8Array(await crl.arrayBuffer()));
    const issuer = await fetch(`${server.url}/pki/test-g1.cer`);
    assert.equal(issuer.headers.get('content-type'), 'application/pkix-cert');
    assert.ok(sameBytes(new Uint8Array(await issuer.arrayBuffer()), server.authority.issuer.certificate));
    assert.equal((await fetch(`${server.url}/pki/test-g1/1.crl`)).status, 404);
    assert.equal((await fetch(`${server.url}/pki/nobody.cer`)).status, 404);
  });

  test('calls under a delivery address appear in its timeline', async () => {
    const deployment = await server.addDeployment(profile);
    await fetch(`${server.addressOf(profile, deployment)}?operation=GetCACaps`);
    const row = await lastRow(deployment);
    assert.deepEqual([row.operation, row.outcome], ['GetCACaps', 'success']);
  });
});

describe('enrolment by challenge', () => {
  test('the certificate says what was expected, byte for byte, and is recorded before it leaves', async () => {
    const deployment = await server.addDeployment(profile, {
      subject: [
        ['2.5.4.10', 'Acme, Inc.'],
        [commonName, 'Zoë + "Co"; ='],
      ],
      subjectAlternativeNames: [
        { type: 'dns', value: 'host.example.test' },
        { type: 'upn', value: 'zoë@example.test' },
      ],
    });
    const certificate = parseCertificate(await enrolled(deployment));
    assert.equal(toBase64(certificate.subjectDer), deployment.expectation?.subject);
    assert.ok(sameBytes(certificate.spki, key.publicKey));
    const stored = await server.reload(deployment);
    assert.deepEqual([stored.state, stored.issuedGeneration], ['issued', 1]);
    const record = await server.stores.certificates.get(stored.currentCertificateId as never);
    assert.ok(record !== null && sameBytes(record.der, certificate.der));
    const row = await lastRow(deployment);
    assert.deepEqual([row.outcome, row.messageType, row.algorithms.cipher], ['success', 19, 'aes128-cbc']);
    assert.deepEqual(Object.keys(row.timings), ['decode', 'open', 'check', 'sign']);
  });

  test('openssl verifies it strictly', { skip: skipUnless('openssl') }, async () => {
    const deployment = await server.addDeployment(profile);
    await verifyWithOpenssl(server.authority, await enrolled(deployment));
  });

  const encodings: readonly (readonly [string, (base64: string) => string])[] = [
    ['percent-encoded in full, as certmonger does', encodeURIComponent],
    ['with only = escaped, as macOS does', (text) => text.replaceAll('=', '%3D')],
    [
      'with the url-safe alphabet and no padding',
      (text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''),
    ],
  ];
  for (const [name, encode] of encodings)
    test(`by GET, ${name}`, async () => {
      const deployment = await server.addDeployment(profile);
      const message = enrolMessage(deployment, await server.mint(deployment));
      assert.equal((await readReply(await get(server.addressOf(profile), message, encode), key)).status, 'SUCCESS');
    });

  for (const contentType of ['application/octet-stream', 'x', ''])
    test(`by POST with content type "${contentType}"`, async () => {
      const deployment = await server.addDeployment(profile);
      const message = enrolMessage(deployment, await server.mint(deployment));
      assert.equal(
        (await readReply(await post(server.addressOf(profile), message, contentType), key)).status,
        'SUCCESS',
      );
    });

  test('every allowed digest and cipher, and OAEP', async () => {
    for (const hash of ['sha256', 'sha384', 'sha512'] as const)
      for (const cipher of ['aes128-cbc', 'aes192-cbc', 'aes256-cbc', 'des-ede3-cbc'] as const) {
        const deployment = await server.addDeployment(profile);
        const change = { hash, cipher, transport: cipher === 'aes256-cbc' ? 'sha256' : 'pkcs1' } as const;
        const message = enrolMessage(deployment, await server.mint(deployment), change);
        assert.equal((await readReply(await post(server.addressOf(profile), message), key)).status, 'SUCCESS');
      }
  });

  test('a repeat gets the same certificate, until the device has it', async () => {
    const deployment = await server.addDeployment(profile);
    const challenge = await server.mint(deployment);
    const ask = async () => readReply(await post(server.addressOf(profile), enrolMessage(deployment, challenge)), key);
    const certificate = first((await ask()).certificates);
    assert.ok(sameBytes(first((await ask()).certificates), certificate));
    const { currentCertificateId } = await server.reload(deployment);
    await server.stores.transact(() =>
      server.stores.certificates.markInstalled(currentCertificateId as never, clock.now()),
    );
    assertRefused(await ask(), 'challenge-spent');
  });

  test('the same message at the same time is answered with one certificate', async () => {
    const deployment = await server.addDeployment(profile);
    const challenge = await server.mint(deployment);
    const replies = await Promise.all(
      Array.from({ length: 5 }, async () =>
        readReply(await post(server.addressOf(profile), enrolMessage(deployment, challenge)), key),
      ),
    );
    const distinct = new Set(replies.map(({ certificates }) => toBase64(first(certificates))));
    assert.equal(distinct.size, 1);
  });
});

describe('refusals', () => {
  type Attack = {
    readonly name: string;
    /** Builds the message; the address defaults to the profile's. */
    readonly make: (deployment: Deployment, challenge: string) => Promise<{ message: Uint8Array; address?: string }>;
    /** What the wire says, and what the record says. */
    readonly wire: string;
    readonly recorded: string;
    readonly failInfo?: string;
  };
  const csr = (deployment: Deployment, challenge: string | null, change: Parameters<typeof requestedBy>[1]) =>
    enrolMessage(deployment, challenge, { content: csrOf(key, requestedBy(deployment, change), challenge) });

  const attacks: readonly Attack[] = [
    {
      name: 'a guessed challenge',
      make: async (deployment) => ({ message: enrolMessage(deployment, 'GUESSEDGUESSEDGUESSEDGUESS') }),
      wire: hidden,
      recorded: 'challenge-unknown',
    },
    {
      name: 'a challenge of 8000 characters from elsewhere',
      make: async (deployment) => ({ message: enrolMessage(deployment, 'x'.repeat(8000)) }),
      wire: hidden,
      recorded: 'challenge-unknown',
    },
    {
      name: 'no challenge',
      make: async (deployment) => ({ message: enrolMessage(deployment, null) }),
      wire: hidden,
      recorded: 'challenge-password-missing',
    },
    {
      name: 'another subject',
      make: async (deployment, challenge) => ({
        message: csr(deployment, challenge, { subject: encodeName([[{ type: commonName, tag: 12, value: 'root' }]]) }),
      }),
      wire: 'subject-name-mismatch subject.CN',
      recorded: 'subject-name-mismatch',
    },
    {
      name: 'an additional alternative name',
      make: async (deployment, challenge) => ({
        message: csr(deployment, challenge, { subjectAlternativeNames: [{ type: 'dns', value: 'evil.example.test' }] }),
      }),
      wire: 'subject-alt-name-mismatch subjectAlternativeName',
      recorded: 'subject-alt-name-mismatch',
    },
    {
      name: 'another purpose',
      make: async (deployment, challenge) => ({
        message: csr(deployment, challenge, { extendedKeyUsages: ['1.3.6.1.5.5.7.3.1'] }),
      }),
      wire: 'enhanced-key-usage-mismatch extendedKeyUsage',
      recorded: 'enhanced-key-usage-mismatch',
    },
    {
      name: 'a shorter key',
      make: async (deployment, challenge) => {
        const short = await testClientKey('rsa-1024');
        return { message: enrolMessage(deployment, challenge, { withKey: short }) };
      },
      wire: 'key-length-mismatch publicKey',
      recorded: 'key-length-mismatch',
      failInfo: 'badAlg',
    },
    {
      name: 'SHA-1 where it is not allowed',
      make: async (deployment, challenge) => ({ message: enrolMessage(deployment, challenge, { hash: 'sha1' }) }),
      wire: 'digest-not-allowed digestAlgorithm',
      recorded: 'digest-not-allowed',
      failInfo: 'badAlg',
    },
    {
      name: 'a request signed with SHA-1 inside a message with SHA-256',
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge, {
          content: csrOf(key, requestedBy(deployment), challenge, 'sha1'),
        }),
      }),
      wire: 'request-digest-not-allowed signatureAlgorithm',
      recorded: 'request-digest-not-allowed',
      failInfo: 'badAlg',
    },
    {
      name: 'single DES where it is not allowed',
      make: async (deployment, challenge) => ({ message: enrolMessage(deployment, challenge, { cipher: 'des-cbc' }) }),
      wire: 'cipher-not-allowed contentEncryptionAlgorithm',
      recorded: 'cipher-not-allowed',
      failInfo: 'badAlg',
    },
    {
      name: 'a message for somebody else',
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge, {
          recipient: parseCertificate(selfSigned(key, encodeName([])).certificate),
        }),
      }),
      wire: hidden,
      recorded: 'wrong-recipient',
    },
    {
      name: 'a signature that does not hold',
      make: async (deployment, challenge) => {
        const message = enrolMessage(deployment, challenge);
        const last = message.length - 1;
        message[last] = (message[last] ?? 0) ^ 1;
        return { message };
      },
      wire: hidden,
      recorded: 'signature-validation-failed',
    },
    {
      name: 'a request signed by another key than it asks for',
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge, { signer: selfSigned(otherKey, requestedBy(deployment).subject) }),
      }),
      wire: hidden,
      recorded: 'registered-key-mismatch',
    },
    {
      name: 'content that is no request',
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge, { content: Uint8Array.of(0x30, 0) }),
      }),
      wire: hidden,
      recorded: 'certificate-request-decoding-failed',
    },
    {
      name: "the challenge at another profile's address",
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge),
        address: server.addressOf(await server.addProfile({ slug: 'vpn' })),
      }),
      wire: 'challenge-of-another-profile',
      recorded: 'challenge-of-another-profile',
    },
    {
      name: 'the challenge under the delivery of another device',
      make: async (deployment, challenge) => ({
        message: enrolMessage(deployment, challenge),
        address: server.addressOf(profile, await server.addDeployment(profile)),
      }),
      wire: 'challenge-of-another-delivery',
      recorded: 'challenge-of-another-delivery',
    },
    {
      name: 'a renewal that is signed by nobody we know',
      make: async (deployment) => ({ message: enrolMessage(deployment, null, { type: 'RenewalReq' }) }),
      wire: hidden,
      recorded: 'signer-self-signed',
    },
    {
      name: 'a cancelled challenge',
      make: async (deployment, challenge) => {
        await server.stores.transact(() => server.stores.challenges.cancel([deployment.id], 'test'));
        return { message: enrolMessage(deployment, challenge) };
      },
      wire: 'challenge-cancelled',
      recorded: 'challenge-cancelled',
    },
    {
      name: 'a deployment that is no longer wanted',
      make: async (deployment, challenge) => {
        await server.stores.transact(() => server.stores.deployments.save([{ ...deployment, wanted: false }]));
        return { message: enrolMessage(deployment, challenge) };
      },
      wire: 'scep-profile-no-longer-targeted-to-the-client',
      recorded: 'scep-profile-no-longer-targeted-to-the-client',
    },
    {
      name: 'a challenge for an earlier expectation',
      make: async (deployment, challenge) => {
        await server.stores.transact(() => server.stores.deployments.save([{ ...deployment, revision: 2 }]));
        return { message: enrolMessage(deployment, challenge) };
      },
      wire: 'expectation-changed',
      recorded: 'expectation-changed',
    },
  ];

  for (const { name, make, wire, recorded, failInfo = 'badRequest' } of attacks)
    test(`${name} is refused, with the true reason on record`, async () => {
      const deployment = await server.addDeployment(profile);
      const { message, address = server.addressOf(profile) } = await make(deployment, await server.mint(deployment));
      const response = await post(address, message);
      const requestId = response.headers.get('x-request-id');
      assertRefused(await readReply(response, key), wire, failInfo);
      const { items } = await server.stores.events.list(
        { subject: null, types: ['enrollment.refused'] },
        { limit: 1, cursor: null },
      );
      assert.equal(items[0]?.cause.requestId, requestId);
      assert.equal(items[0]?.data.reason, recorded);
      assert.equal((await server.reload(deployment)).issuedGeneration, 0);
    });

  test('an expired challenge says so, to the device and in the deployment; a new one works', async () => {
    const deployment = await server.addDeployment(profile);
    const challenge = await server.mint(deployment, minute);
    time.offset += 2 * minute;
    assertRefused(
      await readReply(await post(server.addressOf(profile), enrolMessage(deployment, challenge)), key),
      'challenge-expired',
    );
    const failed = await server.reload(deployment);
    assert.deepEqual([failed.state, failed.problem?.code], ['challengeValidationFailed', 'challenge-expired']);
    await enrolled(failed);
    assert.equal((await server.reload(deployment)).problem, null);
  });

  test('a mismatch shows expected and received on record only', async () => {
    const deployment = await server.addDeployment(profile, { subject: [[commonName, 'right']] });
    const subject = encodeName([[{ type: commonName, tag: 12, value: 'wrong' }]]);
    const response = await post(server.addressOf(profile), csr(deployment, await server.mint(deployment), { subject }));
    await readReply(response, key);
    const row = await lastRow(deployment);
    assert.deepEqual(row.detail.differences, [
      { code: 'subject-name-mismatch', field: 'subject.CN', expected: 'CN=right', received: 'CN=wrong' },
    ]);
    assert.equal((await server.reload(deployment)).problem?.code, 'subject-name-mismatch');
  });

  test('a spent challenge with another key is refused', async () => {
    const deployment = await server.addDeployment(profile);
    const challenge = await server.mint(deployment);
    const send = async (withKey: ClientKey) =>
      readReply(await post(server.addressOf(profile), enrolMessage(deployment, challenge, { withKey })), withKey);
    assert.equal((await send(key)).status, 'SUCCESS');
    assertRefused(await send(otherKey), 'challenge-spent');
  });

  test('bytes that are no message are answered with HTTP 400', async () => {
    for (const bytes of [new Uint8Array(0), Uint8Array.of(1, 2, 3), new Uint8Array(3000).fill(0x30)])
      assert.equal((await post(server.addressOf(profile), bytes)).status, 400);
    assert.equal((await post(server.addressOf(profile), new Uint8Array(300_000))).status, 413);
    assert.equal((await fetch(`${server.addressOf(profile)}?operation=PKIOperation&message=%%%`)).status, 400);
  });
});

describe('renewal by certificate', () => {
  async function renewal(
    deployment: Deployment,
    old: { readonly key: ClientKey; readonly certificate: Uint8Array },
    change: Partial<TestMessage> & { readonly withKey?: ClientKey; readonly at?: string } = {},
  ): Promise<TestReply> {
    const { withKey = otherKey, at = server.addressOf(profile), ...rest } = change;
    const content = csrOf(withKey, requestedBy(deployment), null);
    const message = buildMessage({ type: 'RenewalReq', content, signer: old, recipient: ra, ...rest });
    return readReply(await post(at, message), old.key);
  }

  for (const type of ['RenewalReq', 'UpdateReq', 'PKCSReq'] as const)
    test(`${type} signed by the device's certificate gets the next one, and a repeat the same`, async () => {
      const deployment = await server.addDeployment(profile);
      const old = { key, certificate: await enrolled(deployment) };
      const reply = await renewal(deployment, old, { type });
      assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
      const renewed = await server.reload(deployment);
      assert.deepEqual([renewed.generation, renewed.issuedGeneration], [2, 2]);
      const again = await renewal(deployment, old, { type });
      assert.ok(sameBytes(first(again.certificates), first(reply.certificates)));
      assertRefused(await renewal(deployment, old, { type, withKey: await testClientKey() }), 'signer-superseded');
    });

  test('the same key only where the profile allows it', async () => {
    const deployment = await server.addDeployment(profile);
    const old = { key, certificate: await enrolled(deployment) };
    assertRefused(await renewal(deployment, old, { withKey: key }), 'renewal-same-key');
    const lenient = await server.addProfile({
      slug: 'lenient',
      renewal: { byCertificate: true, sameKey: true, window: 'always', spread: 25 },
    });
    const other = await server.addDeployment(lenient);
    const certificate = await enrolled(other, key, lenient);
    const reply = await renewal(other, { key, certificate }, { withKey: key, at: server.addressOf(lenient) });
    assert.equal(reply.status, 'SUCCESS', reply.reason ?? '');
    assert.ok(!sameBytes(first(reply.certificates), certificate));
  });

  test('not at all, or not yet, where the profile says so', async () => {
    const never = await server.addProfile({
      slug: 'never',
      renewal: { byCertificate: false, sameKey: false, window: 'always', spread: 25 },
    });
    const a = await server.addDeployment(never);
    const first = { key, certificate: await enrolled(a, key, never) };
    assertRefused(await renewal(a, first, { at: server.addressOf(never) }), 'renewal-not-allowed');

    const late = await server.addProfile({
      slug: 'late',
      renewal: { byCertificate: true, sameKey: false, window: 'threshold', spread: 25 },
      renewalThreshold: 20,
    });
    const b = await server.addDeployment(late);
    const second = { key, certificate: await enrolled(b, key, late) };
    assertRefused(await renewal(b, second, { at: server.addressOf(late) }), 'renewal-too-early');
    time.offset += 300 * day;
    assert.equal((await renewal(b, second, { at: server.addressOf(late) })).status, 'SUCCESS');
    time.offset += 400 * day;
    assertRefused(await renewal(a, first, { at: server.addressOf(never) }), 'signer-expired');
  });

  test('a revoked certificate renews nothing', async () => {
    const deployment = await server.addDeployment(profile);
    const old = { key, certificate: await enrolled(deployment) };
    const { currentCertificateId } = await server.reload(deployment);
    await server.stores.transact(() =>
      server.stores.certificates.revoke(currentCertificateId as never, clock.now(), 'keyCompromise'),
    );
    assertRefused(await renewal(deployment, old), 'signer-revoked');
  });

  test('another device cannot renew ours', async () => {
    const [mine, theirs] = [await server.addDeployment(profile), await server.addDeployment(profile)];
    const certificate = await enrolled(theirs, otherKey);
    await enrolled(mine);
    assertRefused(
      await renewal(mine, { key: otherKey, certificate }, { withKey: await testClientKey() }),
      'subject-name-mismatch subject.CN',
    );
  });

  test('an RA certificate, a foreign one, and one that only claims to be ours renew nothing', async () => {
    const deployment = await server.addDeployment(profile);
    await enrolled(deployment);
    const stranger = selfSigned(key, requestedBy(deployment).subject);
    assertRefused(await renewal(deployment, stranger), hidden);
    const forged = selfSigned(key, parseCertificate(server.authority.issuer.certificate).subjectDer);
    assertRefused(await renewal(deployment, forged), hidden);
    // Whoever has no RA key cannot sign with it; with a wrong signature it looks the same.
    assertRefused(await renewal(deployment, { key, certificate: ra.der }), hidden);
  });

  test('a changed expectation asks for a new challenge, and one is scheduled', async () => {
    const deployment = await server.addDeployment(profile);
    const old = { key, certificate: await enrolled(deployment) };
    const current = await server.reload(deployment);
    assert.ok(current.expectation !== null);
    const changed = {
      ...current,
      revision: 2,
      expectation: {
        ...current.expectation,
        subjectAlternativeNames: [{ type: 'dns', value: 'new.example.test' } as const],
      },
    };
    await server.stores.transact(() => server.stores.deployments.save([changed]));
    assertRefused(await renewal(changed, old), 'new-challenge-due');
    assert.ok(server.scheduled.includes(deployment.id));
  });

  test('a challenge that comes along is ignored', async () => {
    const deployment = await server.addDeployment(profile);
    const old = { key, certificate: await enrolled(deployment) };
    const content = csrOf(otherKey, requestedBy(deployment), 'an old challenge');
    assert.equal((await renewal(deployment, old, { content })).status, 'SUCCESS');
  });
});

describe('PENDING', () => {
  let manual: ScepProfile;
  before(async () => {
    manual = await server.addProfile({ slug: 'manual', approval: 'manual' });
  });

  const at = () => server.addressOf(manual);
  const pollMessage = (deployment: Deployment, withKey: ClientKey) =>
    buildMessage({
      type: 'CertPoll',
      content: encodeIssuerAndSubject(ra.issuerDer, requestedBy(deployment).subject),
      signer: selfSigned(withKey, requestedBy(deployment).subject),
      recipient: ra,
    });

  test('waits, also for hours, then is issued to the poll', async () => {
    const deployment = await server.addDeployment(manual);
    const challenge = await server.mint(deployment);
    const message = enrolMessage(deployment, challenge);
    assert.equal((await readReply(await post(at(), message), key)).status, 'PENDING');
    assert.equal((await server.reload(deployment)).state, 'issuePending');
    assert.equal((await readReply(await post(at(), pollMessage(deployment, key)), key)).status, 'PENDING');
    // micromdm asks again with the same PKCSReq instead of polling.
    assert.equal((await readReply(await post(at(), message), key)).status, 'PENDING');
    assertRefused(
      await readReply(await post(at(), pollMessage(deployment, otherKey)), otherKey),
      'transaction-unknown',
      'badCertId',
    );
    time.offset += 5 * 60 * minute;
    assert.equal((await server.decide('approved')).length, 1);
    const issued = await readReply(await post(at(), pollMessage(deployment, key)), key);
    assert.equal(issued.status, 'SUCCESS', issued.reason ?? '');
    const again = await readReply(await post(at(), pollMessage(deployment, key)), key);
    assert.ok(sameBytes(first(again.certificates), first(issued.certificates)));
  });

  test('the approval carries over to a new key with a new challenge', async () => {
    const deployment = await server.addDeployment(manual);
    const one = enrolMessage(deployment, await server.mint(deployment));
    const two = enrolMessage(deployment, await server.mint(deployment), { withKey: otherKey });
    assert.equal((await readReply(await post(at(), one), key)).status, 'PENDING');
    assert.equal((await readReply(await post(at(), two), otherKey)).status, 'PENDING');
    assert.equal((await server.decide('approved')).length, 1);
    assert.equal((await readReply(await post(at(), two), otherKey)).status, 'SUCCESS');
    assertRefused(await readReply(await post(at(), one), key), 'challenge-cancelled');
  });

  test('a challenge that waits is bound to its key', async () => {
    const deployment = await server.addDeployment(manual);
    const challenge = await server.mint(deployment);
    const send = async (withKey: ClientKey) =>
      readReply(await post(at(), enrolMessage(deployment, challenge, { withKey })), withKey);
    assert.equal((await send(key)).status, 'PENDING');
    assertRefused(await send(otherKey), 'challenge-bound-to-another-key');
    await server.decide('rejected');
    assertRefused(await send(key), 'approval-rejected');
    assertRefused(await readReply(await post(at(), pollMessage(deployment, key)), key), 'approval-rejected');
    assert.equal((await server.reload(deployment)).issuedGeneration, 0);
  });
});

describe('PENDING renewals', () => {
  test('a renewal waits too, and the device keeps what it has meanwhile', async () => {
    const manual = await server.addProfile({ slug: 'manual-renewal', approval: 'manual' });
    const at = server.addressOf(manual);
    const deployment = await server.addDeployment(manual);
    const message = enrolMessage(deployment, await server.mint(deployment));
    await readReply(await post(at, message), key);
    await server.decide('approved');
    const old = { key, certificate: first((await readReply(await post(at, message), key)).certificates) };

    const requested = requestedBy(deployment);
    const ask = (type: 'RenewalReq' | 'CertPoll') =>
      buildMessage({
        type,
        content:
          type === 'CertPoll'
            ? encodeIssuerAndSubject(ra.issuerDer, requested.subject)
            : csrOf(otherKey, requested, null),
        signer: old,
        recipient: ra,
        transactionId: 'a renewal',
      });
    assert.equal((await readReply(await post(at, ask('RenewalReq')), key)).status, 'PENDING');
    assert.equal((await server.reload(deployment)).state, 'issued');
    assert.equal((await readReply(await post(at, ask('CertPoll')), key)).status, 'PENDING');
    await server.decide('approved');
    const renewed = await readReply(await post(at, ask('CertPoll')), key);
    assert.equal(renewed.status, 'SUCCESS', renewed.reason ?? '');
    assert.equal((await server.reload(deployment)).issuedGeneration, 2);
  });
});

describe('GetCert and GetCRL', () => {
  async function ask(
    type: 'GetCert' | 'GetCRL',
    signer: { key: ClientKey; certificate: Uint8Array },
    about: Uint8Array,
  ) {
    const { issuerDer, serial } = parseCertificate(about);
    const content = encodeIssuerAndSerial(issuerDer, serial);
    return readReply(
      await post(server.addressOf(profile), buildMessage({ type, content, signer, recipient: ra })),
      signer.key,
    );
  }

  test('holders of our certificates get certificates, others do not', async () => {
    const certificate = await enrolled(await server.addDeployment(profile));
    const other = await enrolled(await server.addDeployment(profile), otherKey);
    const reply = await ask('GetCert', { key, certificate }, other);
    assert.ok(sameBytes(first(reply.certificates), other));
    assertRefused(await ask('GetCert', selfSigned(otherKey, ra.subjectDer), certificate), hidden);
    assertRefused(await ask('GetCert', { key, certificate }, ra.der), 'certificate-unknown', 'badCertId');
  });

  test('the CRL is for everybody', async () => {
    const certificate = await enrolled(await server.addDeployment(profile));
    const reply = await ask('GetCRL', selfSigned(otherKey, ra.subjectDer), certificate);
    assert.deepEqual(reply.certificates, []);
    const crl = parseCrl(first(reply.crls));
    assert.ok(sameBytes(crl.issuerDer, parseCertificate(server.authority.issuer.certificate).subjectDer));
  });
});

describe('on worker threads', () => {
  test('many devices at once get a certificate each, with a serial number of its own', async () => {
    await using threaded = await startScepTestServer({ threads: 2 });
    const own = await threaded.addProfile();
    const recipient = await registrationAuthorityOf(threaded.addressOf(own));
    const deployments = await Promise.all(Array.from({ length: 40 }, () => threaded.addDeployment(own)));
    const serials = await Promise.all(
      deployments.map(async (deployment) => {
        const message = enrolMessage(deployment, await threaded.mint(deployment), { recipient });
        const reply = await readReply(await post(threaded.addressOf(own), message), key);
        return toBase64(parseCertificate(first(reply.certificates)).serial);
      }),
    );
    assert.equal(new Set(serials).size, deployments.length);
  });
});

describe('limits', () => {
  test('failures of an address are limited, successes never', async () => {
    await using strict = await startScepTestServer({ failuresPerMinute: 3 });
    const address = strict.addressOf(await strict.addProfile());
    for (let i = 0; i < 3; i++) assert.equal((await post(address, Uint8Array.of(1))).status, 400);
    const limited = await post(address, Uint8Array.of(1));
    assert.equal(limited.status, 429);
    assert.ok(Number(limited.headers.get('retry-after')) > 0);
    assert.equal((await fetch(`${address}?operation=GetCACaps`)).status, 200);
  });

  test('what anybody may ask for makes up for no failure', async () => {
    await using strict = await startScepTestServer({ failuresPerMinute: 3 });
    const address = strict.addressOf(await strict.addProfile());
    const recipient = await registrationAuthorityOf(address);
    const content = encodeIssuerAndSerial(recipient.issuerDer, recipient.serial);
    const signer = selfSigned(otherKey, recipient.subjectDer);
    for (let i = 0; i < 3; i++) {
      assert.equal((await post(address, Uint8Array.of(1))).status, 400);
      const reply = await post(address, buildMessage({ type: 'GetCRL', content, signer, recipient }));
      if (i < 2) assert.equal((await readReply(reply, otherKey)).status, 'SUCCESS');
    }
    assert.equal((await post(address, Uint8Array.of(1))).status, 429);
  });

  test('too much work at once is sent away for later', async () => {
    await using full = await startScepTestServer({ maxPending: 0 });
    const response = await post(full.addressOf(await full.addProfile()), Uint8Array.of(1));
    assert.equal(response.status, 503);
    assert.equal(response.headers.get('retry-after'), '5');
  });

  test('a clock far behind the last event issues nothing', async () => {
    let offset = 0;
    await using late = await startScepTestServer({
      clock: { now: () => Date.now() + offset, monotonic: systemClock.monotonic },
    });
    const own = await late.addProfile();
    const deployment = await late.addDeployment(own);
    const recipient = await registrationAuthorityOf(late.addressOf(own));
    const challenge = await late.mint(deployment);
    offset = -10 * minute;
    const message = enrolMessage(deployment, challenge, { recipient });
    assertRefused(await readReply(await post(late.addressOf(own), message), key), 'clock-behind', 'badTime');
  });
});
