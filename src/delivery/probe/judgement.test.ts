import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  authorityExtensions,
  deviceExtensions,
  fakeCertificate,
  fakeKey,
  registrationExtensions,
} from '../../../test/support/fake-scep-server.ts';
import { encodeCertificatesOnly } from '../../formats/cms/certificates-only.ts';
import { parseCapabilities } from '../../formats/scep/capabilities.ts';
import { extendedKeyUsageExtension } from '../../formats/x509/extended-key-usage.ts';
import { subjectAltNameExtension } from '../../formats/x509/subject-alt-name.ts';
import { concatBytes } from '../../lib/bytes.ts';
import { day } from '../../lib/clock.ts';
import type { ScepSettings } from '../../profiles/scep-settings.ts';
import { capabilityFindings } from './capability-findings.ts';
import { chainVerdict, readCaCertificates } from './chain-verdict.ts';
import { tlsFindings } from './tls-findings.ts';

const now = Date.UTC(2026, 10, 22);
const key = await fakeKey();
const otherKey = await fakeKey();
const root = fakeCertificate('Root', key.publicKey, { certificate: null, key }, authorityExtensions, now);
const by = (certificate: typeof root, signer = key) => ({ certificate, key: signer });
const issuer = fakeCertificate('Issuer', otherKey.publicKey, by(root), authorityExtensions, now);
const ra = fakeCertificate('RA', key.publicKey, by(issuer, otherKey), registrationExtensions, now);
const stranger = fakeCertificate(
  'Root',
  otherKey.publicKey,
  { certificate: null, key: otherKey },
  authorityExtensions,
  now,
);
const strangeRa = fakeCertificate('RA', key.publicKey, by(stranger, otherKey), registrationExtensions, now);

describe('the chain of a foreign server', () => {
  const rows = [
    ['RA and issuer without the root', [ra, issuer], 'leads-to-root'],
    ['all three', [ra, issuer, root], 'leads-to-root'],
    ['in another order', [root, ra, issuer], 'leads-to-root'],
    ['a root that issues by itself', [root], 'root-is-issuer'],
    ['another root of the same name', [strangeRa, stranger], 'other-authority'],
    ['our authority, but an RA of another', [strangeRa, stranger, issuer, root], 'registration-authority-elsewhere'],
    ['an RA alone', [strangeRa], 'no-authority'],
    ['nothing', [], 'no-authority'],
  ] as const;
  for (const [name, sent, verdict] of rows)
    test(`${name}: ${verdict}`, () => assert.equal(chainVerdict(sent, root.der, now).verdict, verdict));

  test('the issuing authority as the trusted certificate is accepted', () => {
    assert.equal(chainVerdict([ra, issuer, root], issuer.der, now).verdict, 'root-is-issuer');
  });

  test('another certificate for the root’s name and key stands for it', () => {
    const renewed = fakeCertificate('Root', key.publicKey, { certificate: null, key }, authorityExtensions, now);
    assert.equal(chainVerdict([ra, issuer, renewed], root.der, now).verdict, 'leads-to-root');
  });

  test('what has ended is named', () => {
    const old = fakeCertificate('Issuer', otherKey.publicKey, by(root), authorityExtensions, now - 400 * day);
    const { verdict, detail } = chainVerdict([old], root.der, now);
    assert.equal(verdict, 'not-in-force');
    assert.match(detail, /CN=Issuer.*ended/);
  });

  test('one certificate and a PKCS#7 are told apart by what they are', () => {
    assert.equal(readCaCertificates(root.der)?.length, 1);
    assert.equal(readCaCertificates(encodeCertificatesOnly({ certificates: [ra.der, issuer.der] }))?.length, 2);
    assert.equal(readCaCertificates(new TextEncoder().encode('<html>')), null);
    assert.equal(readCaCertificates(concatBytes([root.der, root.der])), null);
    assert.equal(readCaCertificates(new Uint8Array(0)), null);
  });

  test('authorities that all certify one another cost no more than others', () => {
    const crowd = Array.from({ length: 16 }, () =>
      fakeCertificate('Root', otherKey.publicKey, { certificate: null, key: otherKey }, authorityExtensions, now),
    );
    const started = performance.now();
    assert.equal(chainVerdict(crowd, root.der, now).verdict, 'other-authority');
    assert.ok(performance.now() - started < 2000);
  });
});

describe('TLS certificates, by the rules of Apple', () => {
  const serverAuth = extendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']);
  const named = (...names: string[]) =>
    subjectAltNameExtension(names.map((value) => ({ kind: 'dns', value }) as const));
  const certificate = (extensions: readonly ReturnType<typeof named>[], at = now) =>
    fakeCertificate('scep.example.org', otherKey.publicKey, by(root), extensions, at);
  const codes = (
    leaf: ReturnType<typeof certificate>,
    { host = 'scep.example.org', platform = 'ios' as const, trusted = true } = {},
  ) =>
    tlsFindings(
      {
        certificates: [leaf.der, root.der],
        trusted,
        reason: trusted ? null : 'SELF_SIGNED_CERT_IN_CHAIN',
        protocol: 'TLSv1.3',
      },
      { host, platform, now },
    ).map(({ code, severity }) => `${severity} ${code}`);

  test('a good one has nothing against it', () => {
    assert.deepEqual(codes(certificate([named('scep.example.org'), serverAuth])), []);
    assert.deepEqual(codes(certificate([named('*.example.org'), serverAuth])), []);
  });
  test('a star stands for one label', () => {
    const leaf = certificate([named('*.example.org'), serverAuth]);
    assert.deepEqual(codes(leaf, { host: 'a.b.example.org' }), ['error tls-name']);
    assert.deepEqual(codes(leaf, { host: 'example.org' }), ['error tls-name']);
    assert.deepEqual(codes(certificate([named('*.org'), serverAuth]), { host: 'example.org' }), ['error tls-name']);
  });
  test('a name in the common name alone does not count', () => {
    assert.deepEqual(codes(certificate([serverAuth])), ['error tls-name']);
  });
  test('no Server Authentication, and a client’s purpose instead', () => {
    assert.deepEqual(codes(certificate([named('scep.example.org')])), ['error tls-purpose']);
    assert.deepEqual(codes(certificate([named('scep.example.org'), ...deviceExtensions])), ['error tls-purpose']);
  });
  test('on other platforms a broken rule is a warning, but a wrong name ends the connection', () => {
    const linux = { platform: 'linux' } as unknown as { platform: 'ios' };
    assert.deepEqual(codes(certificate([named('scep.example.org')]), linux), ['warning tls-purpose']);
    assert.deepEqual(codes(certificate([serverAuth]), linux), ['error tls-name']);
  });
  test('an expired one, and one that nobody vouches for', () => {
    const old = certificate([named('scep.example.org'), serverAuth], now - 400 * day);
    assert.deepEqual(codes(old, { trusted: false }), ['warning tls-untrusted', 'error tls-expired']);
  });
});

describe('capabilities against the profile', () => {
  const settings = (hashAlgorithm: readonly string[], tripleDes = false) =>
    ({
      platform: 'linux',
      hashAlgorithm,
      server: { ciphers: { tripleDes, singleDes: false }, renewal: { byCertificate: true } },
    }) as unknown as ScepSettings;
  const codes = (caps: string, from = settings(['sha2'])) =>
    capabilityFindings(parseCapabilities(caps), from).map(({ code, severity }) => `${severity} ${code}`);

  test('a current server has all that is wanted', () => {
    assert.deepEqual(codes('AES\nPOSTPKIOperation\nSHA-256\nRenewal'), []);
    assert.deepEqual(codes('SCEPStandard\nRenewal'), []);
  });
  test('SHA-1 alone does not do for a profile with SHA-2, and is told for one with both', () => {
    assert.deepEqual(codes('AES\nPOSTPKIOperation\nSHA-1\nRenewal'), ['error no-common-digest']);
    assert.deepEqual(codes('AES\nPOSTPKIOperation\nSHA-1\nRenewal', settings(['sha1', 'sha2'])), ['warning sha1-only']);
  });
  test('triple DES is an error unless the profile has it', () => {
    assert.deepEqual(codes('DES3\nPOSTPKIOperation\nSHA-256\nRenewal'), ['error no-aes']);
    assert.deepEqual(codes('DES3\nPOSTPKIOperation\nSHA-256\nRenewal', settings(['sha2'], true)), ['warning no-aes']);
  });
  test('a server that says nothing lacks everything', () => {
    assert.deepEqual(codes(''), [
      'error no-common-digest',
      'error no-cipher',
      'information no-post',
      'information no-renewal',
    ]);
  });
});
