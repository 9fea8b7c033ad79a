/** Certificates and CRLs of our authority before OpenSSL, which has the last word on whether they hold. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { CertificateFields } from '../../src/authority/build-certificate.ts';
import type { Certificate } from '../../src/authority/certificate.ts';
import { defaultTemplate } from '../../src/authority/certificate-template.ts';
import { generalName } from '../../src/authority/general-name.ts';
import { prepare } from '../../src/authority/prepare.ts';
import { publishCrl } from '../../src/authority/publish-crl.ts';
import { revoke } from '../../src/authority/revoke.ts';
import type { KeyPair } from '../../src/crypto/key-pair.ts';
import { systemCause } from '../../src/events/event.ts';
import { keyPurpose } from '../../src/formats/x509/extended-key-usage.ts';
import { encodeName, nameOf } from '../../src/formats/x509/name.ts';
import { nameText } from '../../src/formats/x509/name-text.ts';
import { toPem } from '../../src/formats/x509/pem.ts';
import { day } from '../../src/lib/clock.ts';
import { isFailure } from '../../src/lib/failure.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { openssl, opensslText } from '../support/openssl.ts';
import { skipUnless } from '../support/requires.ts';
import { rounds } from '../support/rounds.ts';
import { openTestStores } from '../support/stores.ts';
import { type TestAuthority, testAuthority } from '../support/test-authority.ts';
import { testKeyPair } from '../support/test-key-pair.ts';

const skip = skipUnless('openssl');
const clock = fakeClock();
const attime = ['-attime', String(clock.now() / 1000)];
const subject = nameOf([
  ['2.5.4.6', 'NO'],
  ['2.5.4.10', 'Contoso, Ltd.'],
  ['2.5.4.3', 'Ærlig Ådne'],
]);

function fields(key: KeyPair, change: Partial<CertificateFields> = {}): CertificateFields {
  return {
    subject: encodeName(subject),
    subjectAlternativeNames: [
      generalName({ type: 'email', value: 'ada@example.test' }),
      generalName({ type: 'upn', value: 'ada@example.test' }),
      generalName({ type: 'dns', value: 'laptop-1.example.test' }),
      generalName({ type: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500' }),
      generalName({ type: 'ip', value: '10.1.2.3' }),
      generalName({ type: 'ip', value: '2001:db8::1' }),
    ],
    spki: key.publicKey,
    keyUsage: ['digitalSignature', 'keyEncipherment'],
    extendedKeyUsages: [keyPurpose.clientAuth, keyPurpose.emailProtection],
    securityIdentifier: 'S-1-5-21-1004336348-1177238915-682003330-512',
    notBefore: clock.now(),
    notAfter: clock.now() + 365 * day,
    ...change,
  };
}

function issue({ context }: TestAuthority, given: CertificateFields): Promise<Certificate> {
  return prepare(
    { context, clock },
    {
      fields: given,
      subjectText: nameText(subject),
      purpose: 'device',
      template: defaultTemplate,
      deploymentId: null,
      generation: null,
      renewsId: null,
    },
  );
}

function files({ issuer, root }: TestAuthority, certificate: Uint8Array) {
  return {
    'leaf.pem': toPem('CERTIFICATE', certificate),
    'issuer.pem': toPem('CERTIFICATE', issuer.certificate),
    'root.pem': toPem('CERTIFICATE', root.certificate),
  };
}

const verifyStrictly = [
  'verify',
  '-x509_strict',
  ...attime,
  '-CAfile',
  'root.pem',
  '-untrusted',
  'issuer.pem',
  'leaf.pem',
];

for (const issuerKey of ['rsa-2048', 'rsa-3072', 'rsa-4096', 'p-256', 'p-384'] as const)
  it(`what an issuer with a key of kind ${issuerKey} signs passes openssl verify -x509_strict`, { skip }, async () => {
    await using stores = await openTestStores({ clock });
    const rootKey = issuerKey === 'rsa-2048' ? 'rsa-3072' : issuerKey;
    const authority = await testAuthority(stores, clock, { rootKey, issuerKey });
    const device = await issue(authority, fields(await testKeyPair('rsa-2048')));
    const [ra] = authority.issuer.registrationAuthorities;
    assert.ok(ra);
    for (const der of [device.der, ra.certificate]) await openssl(verifyStrictly, { files: files(authority, der) });
    const crl = await stores.crls.latest(authority.issuer.id, 0);
    assert.ok(crl);
    const verifyCrl = ['crl', '-inform', 'DER', '-noout', '-verify', '-CAfile', 'issuer.pem'];
    await openssl(verifyCrl, { files: files(authority, device.der), input: crl.der });
  });

describe('a certificate', { skip }, () => {
  it('carries what it was asked to carry, as openssl prints it', async () => {
    await using stores = await openTestStores({ clock });
    const authority = await testAuthority(stores, clock);
    const { der } = await issue(authority, fields(await testKeyPair('rsa-2048')));
    const text = await opensslText(['x509', '-inform', 'DER', '-noout', '-text', '-nameopt', 'utf8,sep_comma_plus'], {
      input: der,
    });
    for (const part of [
      'Version: 3',
      'Signature Algorithm: sha256WithRSAEncryption',
      'O=Example,CN=Example Issuing CA',
      'C=NO,O=Contoso, Ltd.,CN=Ærlig Ådne',
      'X509v3 Key Usage: critical\n                Digital Signature, Key Encipherment',
      'X509v3 Basic Constraints: critical\n                CA:FALSE',
      'TLS Web Client Authentication, E-mail Protection',
      'email:ada@example.test, othername: UPN::ada@example.test, DNS:laptop-1.example.test',
      'URI:tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500, IP Address:10.1.2.3, IP Address:2001:DB8:0:0:0:0:0:1',
      'URI:http://pki.example.test/pki/example-g1/0.crl',
      'CA Issuers - URI:http://pki.example.test/pki/example-g1.cer',
      'OCSP - URI:http://pki.example.test/ocsp',
      'X509v3 Subject Key Identifier',
      'X509v3 Authority Key Identifier',
      '1.3.6.1.4.1.311.25.2:',
      'S-1-5-21-1004336348-1177238915-682003330-512',
    ])
      assert.ok(text.includes(part), `${part}\nis missing from\n${text}`);
  });

  it('has the serial number and thumbprints of its record', async () => {
    await using stores = await openTestStores({ clock });
    const authority = await testAuthority(stores, clock);
    const certificate = await issue(authority, fields(await testKeyPair('p-256'), { keyUsage: ['digitalSignature'] }));
    const args = ['x509', '-inform', 'DER', '-noout', '-serial', '-fingerprint'];
    const printed = await opensslText([...args, '-sha256'], { input: certificate.der });
    assert.ok(printed.toLowerCase().includes(`serial=${certificate.serial}`));
    assert.ok(printed.toLowerCase().replaceAll(':', '').includes(certificate.thumbprint256));
    assert.ok(
      (await opensslText(args, { input: certificate.der }))
        .toLowerCase()
        .replaceAll(':', '')
        .includes(certificate.thumbprint),
    );
  });

  it('never shares its serial number', async () => {
    await using stores = await openTestStores({ clock });
    const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
    const key = await testKeyPair('p-256');
    const given = fields(key, { keyUsage: ['digitalSignature'] });
    const serials = await Promise.all(Array.from({ length: 200 }, async () => (await issue(authority, given)).serial));
    assert.equal(new Set(serials).size, serials.length);
    for (const serial of serials) assert.match(serial, /^[4-7][0-9a-f]{31}$/);
  });

  it('verifies with openssl whenever the lint lets it pass', async () => {
    await using stores = await openTestStores({ clock });
    const authority = await testAuthority(stores, clock, { issuerKey: 'p-256' });
    const key = await testKeyPair('rsa-2048');
    let issued = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryFields, async (change) => {
        let certificate: Certificate;
        try {
          certificate = await issue(authority, fields(key, change));
        } catch (error) {
          assert.ok(isFailure(error) && error.code.startsWith('lint-'), String(error));
          return;
        }
        issued += 1;
        await openssl(verifyStrictly, { files: files(authority, certificate.der) });
      }),
      { numRuns: rounds(40, 400) },
    );
    assert.ok(issued > 0, 'none passed the lint');
  });
});

const text = fc.string({ unit: 'grapheme', minLength: 0, maxLength: 70 });
const arbitraryFields: fc.Arbitrary<Partial<CertificateFields>> = fc.record(
  {
    subject: fc
      .array(fc.tuple(fc.constantFrom('2.5.4.3', '2.5.4.10', '2.5.4.11', '2.5.4.5', '1.2.840.113549.1.9.1'), text), {
        maxLength: 4,
      })
      .map((pairs) => encodeName(nameOf(pairs))),
    subjectAlternativeNames: fc.array(
      fc.oneof(
        fc.domain().map((value) => ({ kind: 'dns', value }) as const),
        fc.emailAddress().map((value) => ({ kind: 'email', value }) as const),
        fc.webUrl().map((value) => ({ kind: 'uri', value }) as const),
        text.map((value) => ({ kind: 'upn', value }) as const),
        fc.uint8Array({ minLength: 4, maxLength: 4 }).map((value) => ({ kind: 'ip', value }) as const),
        fc.string({ maxLength: 30 }).map((value) => ({ kind: 'dns', value }) as const),
      ),
      { maxLength: 4 },
    ),
    notAfter: fc.integer({ min: -10, max: 800 }).map((days) => clock.now() + days * day + 1000),
    securityIdentifier: fc.constantFrom(null, 'S-1-5-21-1-2-3-1001', 'nonsense'),
  },
  { requiredKeys: [] },
);

describe('a CRL', { skip }, () => {
  it('lists what was revoked, with the reason, and openssl refuses that certificate and no other', async () => {
    await using stores = await openTestStores({ clock });
    const authority = await testAuthority(stores, clock, { issuerKey: 'p-384', shards: 2 });
    const { signerFor, withLease } = authority;
    const deps = { ...stores, clock, signerFor, withLease };
    const key = await testKeyPair('p-256');
    const given = fields(key, { keyUsage: ['digitalSignature'] });
    const certificates: Certificate[] = [];
    while (new Set(certificates.map(({ shard }) => shard)).size < 2 || certificates.length < 6)
      certificates.push(await issue(authority, given));
    await stores.transact(async () => {
      for (const certificate of certificates) await stores.certificates.insert(certificate);
    });
    const [lost, ...kept] = certificates;
    assert.ok(lost);
    const publish = (input: { issuerId: Certificate['issuerId']; shard: number }) =>
      publishCrl(deps, { ...input, cause: systemCause }).then(() => undefined);
    const input = { certificateId: lost.id, reason: 'keyCompromise', cause: systemCause } as const;
    assert.equal((await revoke({ ...deps, holderOf: async () => [], publishCrl: publish }, input)).kind, 'revoked');

    const crls = await Promise.all([0, 1].map((shard) => stores.crls.latest(authority.issuer.id, shard)));
    assert.deepEqual(
      crls.map((crl) => crl?.number),
      lost.shard === 0 ? [2, 1] : [1, 2],
    );
    const printed = await opensslText(['crl', '-inform', 'DER', '-noout', '-text'], {
      input: crls[lost.shard]?.der ?? '',
    });
    for (const part of [
      lost.serial.toUpperCase(),
      'Key Compromise',
      'X509v3 CRL Number',
      'X509v3 Issuing Distribution Point: critical',
    ])
      assert.ok(printed.includes(part), `${part}\nis missing from\n${printed}`);

    const rootCrl = await stores.crls.latest(authority.root.id, 0);
    assert.ok(rootCrl && crls[0] && crls[1]);
    const all = [rootCrl, crls[0], crls[1]].map(({ der }) => toPem('X509 CRL', der)).join('');
    const check = (certificate: Certificate) =>
      openssl(
        [
          'verify',
          '-x509_strict',
          ...attime,
          '-crl_check_all',
          '-extended_crl',
          '-CRLfile',
          'crls.pem',
          '-CAfile',
          'root.pem',
          '-untrusted',
          'issuer.pem',
          'leaf.pem',
        ],
        { files: { ...files(authority, certificate.der), 'crls.pem': all } },
      );
    await assert.rejects(check(lost), /certificate revoked/);
    for (const certificate of kept) await check(certificate);
  });
});
