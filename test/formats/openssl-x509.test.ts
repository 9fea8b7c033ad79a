import assert from 'node:assert/strict';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import { test } from 'node:test';
import { strict } from '../../src/formats/asn1/leniency.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
  parseCertificationRequest,
} from '../../src/formats/pkcs10/certification-request.ts';
import { type SignatureScheme, signatureScheme, signatureSchemeByOid } from '../../src/formats/x509/algorithms.ts';
import { authorityInfoAccess, authorityInfoAccessExtension } from '../../src/formats/x509/authority-info-access.ts';
import { basicConstraints, basicConstraintsExtension } from '../../src/formats/x509/basic-constraints.ts';
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { assembleCrl, crlNumber, encodeTbsCertList, parseCrl } from '../../src/formats/x509/crl.ts';
import { crlDistributionPoints, crlDistributionPointsExtension } from '../../src/formats/x509/distribution-point.ts';
import { extendedKeyUsage, extendedKeyUsageExtension, keyPurpose } from '../../src/formats/x509/extended-key-usage.ts';
import { type Extension, findExtension } from '../../src/formats/x509/extension.ts';
import {
  authorityKeyIdentifier,
  authorityKeyIdentifierExtension,
  subjectKeyIdentifier,
  subjectKeyIdentifierExtension,
} from '../../src/formats/x509/key-identifier.ts';
import { keyUsage, keyUsageExtension } from '../../src/formats/x509/key-usage.ts';
import { nameOf } from '../../src/formats/x509/name.ts';
import { nameText } from '../../src/formats/x509/name-text.ts';
import { pemBlocks, toPem } from '../../src/formats/x509/pem.ts';
import { subjectAltNameExtension, subjectAltNames } from '../../src/formats/x509/subject-alt-name.ts';
import { toHex } from '../../src/lib/bytes.ts';
import { takeRsaKey } from '../support/key-pool.ts';
import { openssl, opensslText } from '../support/openssl.ts';

const rsa = await takeRsaKey();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-384' });
const keys: Record<'rsa' | 'ec', { privateKey: KeyObject; publicKey: KeyObject; pem: string }> = {
  rsa: { privateKey: rsa.privateKey, publicKey: rsa.publicKey, pem: rsa.privateKeyPem },
  ec: { ...ec, pem: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() },
};
const spkiOf = (key: KeyObject) => new Uint8Array(key.export({ type: 'spki', format: 'der' }));
const signed = (key: KeyObject, digest: string, data: Uint8Array) => new Uint8Array(sign(digest, data, key));

function value(extensions: readonly Extension[], oid: string): Uint8Array {
  const extension = findExtension(extensions, oid);
  assert.ok(extension, oid);
  return extension.value;
}

const configuration = `[req]
distinguished_name = dn
attributes = attributes
req_extensions = ext
prompt = no
string_mask = utf8only
[dn]
C = NO
O = Ærlig & Co
0.OU = one
1.OU = two
CN = pc-1 + serialNumber = 42
[attributes]
challengePassword = correct horse
[ext]
basicConstraints = critical,CA:TRUE,pathlen:3
keyUsage = critical,digitalSignature,keyCertSign,decipherOnly
extendedKeyUsage = clientAuth,1.2.3.4
subjectKeyIdentifier = hash
subjectAltName = email:ada@example.test,DNS:pc-1.example.test,URI:https://x.test/a,IP:10.1.2.3,IP:2001:db8::1,dirName:dir,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:ada@example.test,RID:1.2.3.4
authorityInfoAccess = OCSP;URI:http://o.test/,caIssuers;URI:http://i.test/ca.cer
crlDistributionPoints = URI:http://c.test/a.crl
[dir]
CN = other
`;

for (const [kind, digest] of [
  ['rsa', 'sha256'],
  ['rsa', 'sha1'],
  ['ec', 'sha384'],
] as const) {
  test(`reads the ${kind} ${digest} certificate that openssl writes, as openssl and Node read it`, async () => {
    const files = { 'a.cnf': configuration, 'a.key': keys[kind].pem };
    const args = [
      'req',
      '-x509',
      '-new',
      '-utf8',
      '-config',
      'a.cnf',
      '-extensions',
      'ext',
      '-key',
      'a.key',
      `-${digest}`,
      '-days',
      '30',
      '-outform',
      'DER',
    ];
    const der = await openssl(args, { files });
    const certificate = parseCertificate(der, { leniency: strict });
    const node = new X509Certificate(der);
    assert.equal(certificate.version, 3);
    assert.equal(toHex(certificate.serial).replace(/^00/, '').toUpperCase(), node.serialNumber);
    assert.equal(certificate.notBefore, Date.parse(node.validFrom));
    assert.equal(certificate.notAfter, Date.parse(node.validTo));
    assert.equal(
      nameText(certificate.subject),
      'CN=pc-1 \\+ serialNumber \\= 42,OU=two,OU=one,O=Ærlig & Co,C=NO'.replace('\\=', '='),
    );
    assert.deepEqual(certificate.spki, spkiOf(keys[kind].publicKey));
    assert.deepEqual(
      [certificate.publicKey.kind, certificate.publicKey.kind === 'rsa' && certificate.publicKey.bits],
      kind === 'rsa' ? ['rsa', 2048] : ['ec', false],
    );
    const scheme = signatureSchemeByOid(certificate.signatureAlgorithm.oid);
    assert.deepEqual([scheme?.key, scheme?.digest], [kind, digest]);
    assert.equal(verify(digest, certificate.tbs, keys[kind].publicKey, certificate.signature), true);
    const { extensions } = certificate;
    assert.deepEqual(basicConstraints(value(extensions, '2.5.29.19')), { ca: true, pathLength: 3 });
    assert.deepEqual(keyUsage(value(extensions, '2.5.29.15')), ['digitalSignature', 'keyCertSign', 'decipherOnly']);
    assert.deepEqual(extendedKeyUsage(value(extensions, '2.5.29.37')), [keyPurpose.clientAuth, '1.2.3.4']);
    assert.equal(subjectKeyIdentifier(value(extensions, '2.5.29.14')).length, 20);
    assert.deepEqual(crlDistributionPoints(value(extensions, '2.5.29.31')), ['http://c.test/a.crl']);
    assert.deepEqual(authorityInfoAccess(value(extensions, '1.3.6.1.5.5.7.1.1')), {
      ocsp: ['http://o.test/'],
      caIssuers: ['http://i.test/ca.cer'],
    });
    assert.deepEqual(
      subjectAltNames(value(extensions, '2.5.29.17')).map((name) => name.kind),
      ['email', 'dns', 'uri', 'ip', 'ip', 'directoryName', 'upn', 'registeredId'],
    );
  });
}

test('reads the request that openssl writes', async () => {
  const files = { 'a.cnf': configuration, 'a.key': rsa.privateKeyPem };
  const text = await opensslText(['req', '-new', '-config', 'a.cnf', '-key', 'a.key'], { files });
  const request = parseCertificationRequest(pemBlocks(text, 'CERTIFICATE REQUEST')[0] ?? new Uint8Array(), {
    leniency: strict,
  });
  assert.equal(request.challengePassword, 'correct horse');
  assert.equal(request.extensions.length, 7);
  assert.equal(verify('sha256', request.info, rsa.publicKey, request.signature), true);
});

test('openssl verifies and prints the request that we write', async () => {
  const info = encodeCertificationRequestInfo({
    subject: nameOf([
      ['2.5.4.6', 'NO'],
      ['2.5.4.3', 'Åse'],
    ]),
    spki: spkiOf(rsa.publicKey),
    challengePassword: 'p@ss',
    friendlyName: 'mine',
    extensions: [keyUsageExtension(['digitalSignature'])],
  });
  const scheme = signatureScheme('rsa', 'sha512') as SignatureScheme;
  const der = assembleCertificationRequest(info, scheme.identifier, signed(rsa.privateKey, 'sha512', info));
  const printed = await opensslText(
    ['req', '-inform', 'DER', '-noout', '-text', '-verify', '-nameopt', 'utf8,sep_comma_plus'],
    { input: der },
  );
  assert.match(printed, /Subject: C=NO,CN=Åse/);
  assert.match(printed, /challengePassword\s*:p@ss/);
  assert.match(printed, /friendlyName\s*:/);
  assert.match(printed, /Digital Signature/);
  const back = parseCertificationRequest(der, { leniency: strict });
  assert.deepEqual([back.challengePassword, back.friendlyName], ['p@ss', 'mine']);
});

for (const kind of ['rsa', 'ec'] as const) {
  test(`openssl verifies a chain that we write with an ${kind} CA, and Node reads the same in it`, async () => {
    const digest = kind === 'rsa' ? 'sha256' : 'sha384';
    const scheme = signatureScheme(kind, digest) as SignatureScheme;
    const caName = nameOf([
      ['2.5.4.10', 'Test'],
      ['2.5.4.3', 'Root'],
    ]);
    const keyId = new Uint8Array(20).fill(7);
    const make = (
      serial: Uint8Array,
      subject: ReturnType<typeof nameOf>,
      spki: Uint8Array,
      extensions: Extension[],
    ) => {
      const tbs = encodeTbsCertificate({
        serial,
        signatureAlgorithm: scheme.identifier,
        issuer: caName,
        notBefore: Date.UTC(2026, 0, 1),
        notAfter: Date.UTC(2055, 5, 1, 12, 30, 15),
        subject,
        spki,
        extensions,
      });
      return assembleCertificate(tbs, scheme.identifier, signed(keys[kind].privateKey, digest, tbs));
    };
    const ca = make(Uint8Array.of(1), caName, spkiOf(keys[kind].publicKey), [
      basicConstraintsExtension({ ca: true, pathLength: undefined }),
      keyUsageExtension(['keyCertSign', 'cRLSign']),
      subjectKeyIdentifierExtension(keyId),
    ]);
    const leaf = make(new Uint8Array(20).fill(0xee), nameOf([['2.5.4.3', 'pc-1']]), spkiOf(rsa.publicKey), [
      keyUsageExtension(['digitalSignature', 'keyEncipherment']),
      extendedKeyUsageExtension([keyPurpose.clientAuth]),
      authorityKeyIdentifierExtension(keyId),
      subjectAltNameExtension([
        { kind: 'dns', value: 'pc-1.example.test' },
        { kind: 'ip', value: Uint8Array.of(10, 0, 0, 1) },
        { kind: 'upn', value: 'å@x.test' },
      ]),
      authorityInfoAccessExtension({ ocsp: ['http://o.test/'], caIssuers: ['http://i.test/'] }),
      crlDistributionPointsExtension(['http://c.test/0.crl']),
    ]);
    const files = { 'ca.pem': toPem('CERTIFICATE', ca), 'leaf.pem': toPem('CERTIFICATE', leaf) };
    assert.match(
      await opensslText(['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'ca.pem', 'leaf.pem'], {
        files,
      }),
      /OK/,
    );
    const node = new X509Certificate(leaf);
    assert.equal(node.serialNumber, 'EE'.repeat(20));
    assert.equal(Date.parse(node.validTo), Date.UTC(2055, 5, 1, 12, 30, 15));
    assert.match(node.subjectAltName ?? '', /DNS:pc-1\.example\.test, IP Address:10\.0\.0\.1/);
    assert.deepEqual(
      parseCertificate(leaf, { leniency: strict }).serial,
      Uint8Array.of(0, ...new Uint8Array(20).fill(0xee)),
    );
  });
}

test('openssl reads the CRL that we write, and finds the revoked certificate in it', async () => {
  const scheme = signatureScheme('rsa', 'sha256') as SignatureScheme;
  const issuer = nameOf([['2.5.4.3', 'Root']]);
  const at = Date.UTC(2026, 10, 22, 12);
  const revoked = [
    { serial: Uint8Array.of(0xab, 1), revokedAt: at, reason: 'keyCompromise' as const },
    { serial: Uint8Array.of(5), revokedAt: at, reason: 'unspecified' as const },
  ];
  const distributionPoint = { uris: ['http://c.test/0.crl'], onlyUserCertificates: true };
  const fields = {
    signatureAlgorithm: scheme.identifier,
    issuer,
    thisUpdate: at,
    nextUpdate: at + 86_400_000,
    number: 2n ** 70n,
    authorityKeyIdentifier: new Uint8Array(20),
    revoked,
    distributionPoint,
  };
  const tbs = encodeTbsCertList(fields);
  const der = assembleCrl(tbs, scheme.identifier, signed(rsa.privateKey, 'sha256', tbs));
  const printed = await opensslText(['crl', '-inform', 'DER', '-noout', '-text'], { input: der });
  for (const line of [
    /Version 2/,
    /Serial Number: AB01[\s\S]*Key Compromise/,
    /Only User Certificates/,
    /URI:http:\/\/c\.test\/0\.crl/,
    /1180591620717411303424/,
  ])
    assert.match(printed, line);
  const crl = parseCrl(der, { leniency: strict });
  assert.deepEqual(
    crl.revoked.map(({ serial, reason }) => [toHex(serial), reason]),
    [
      ['00ab01', 'keyCompromise'],
      ['05', undefined],
    ],
  );
  assert.equal(crlNumber(crl), 2n ** 70n);
  const empty = encodeTbsCertList({ ...fields, revoked: [], distributionPoint: undefined });
  assert.deepEqual(
    parseCrl(assembleCrl(empty, scheme.identifier, new Uint8Array(4)), { leniency: strict }).revoked,
    [],
  );
});

test('reads the CRL that openssl writes', async () => {
  const index =
    'R\t350101000000Z\t260101000000Z,keyCompromise\t1234\tunknown\t/CN=x\nR\t350101000000Z\t260102000000Z\tABCD\tunknown\t/CN=y\n';
  const database =
    '[ca]\ndefault_ca=a\n[a]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ncrl_extensions=e\n[e]\nauthorityKeyIdentifier=keyid\n';
  const self = await opensslText(['req', '-x509', '-new', '-key', 'a.key', '-subj', '/CN=Root', '-days', '30'], {
    files: { 'a.key': rsa.privateKeyPem },
  });
  const files = { 'a.key': rsa.privateKeyPem, 'ca.pem': self, 'a.cnf': database, 'index.txt': index, number: '0F\n' };
  const pem = await opensslText(
    ['ca', '-gencrl', '-config', 'a.cnf', '-keyfile', 'a.key', '-cert', 'ca.pem', '-crldays', '7'],
    { files },
  );
  const crl = parseCrl(pemBlocks(pem, 'X509 CRL')[0] ?? new Uint8Array(), { leniency: strict });
  assert.deepEqual(
    crl.revoked.map(({ serial, revokedAt, reason }) => [toHex(serial), revokedAt, reason]),
    [
      ['1234', Date.UTC(2026, 0, 1), 'keyCompromise'],
      ['00abcd', Date.UTC(2026, 0, 2), undefined],
    ],
  );
  assert.equal(crlNumber(crl), 15n);
  assert.equal(authorityKeyIdentifier(value(crl.extensions, '2.5.29.35'))?.length, 20);
  assert.equal((crl.nextUpdate ?? 0) - crl.thisUpdate, 7 * 86_400_000);
  const key = createPublicKey(createPrivateKey(rsa.privateKeyPem));
  assert.equal(verify('sha256', crl.tbs, key, crl.signature), true);
});
