import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makeCertificate } from '../../../test/support/make-certificate.ts';
import { encodeCertificatesOnly } from '../../formats/cms/certificates-only.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
} from '../../formats/pkcs10/certification-request.ts';
import { basicConstraintsExtension } from '../../formats/x509/basic-constraints.ts';
import { parseCertificate } from '../../formats/x509/certificate.ts';
import { type KeyUsage, keyUsageExtension } from '../../formats/x509/key-usage.ts';
import { nameOf } from '../../formats/x509/name.ts';
import { toPem } from '../../formats/x509/pem.ts';
import { encodeRsaPublicKey, parsePublicKey } from '../../formats/x509/public-key.ts';
import { toBase64, utf8 } from '../../lib/bytes.ts';
import { day } from '../../lib/clock.ts';
import { validateProfile } from '../validate-profile.ts';
import { trustedCertificateRules } from './trusted-certificate-rules.ts';

const now = Date.UTC(2026, 5, 1);
const ca = makeCertificate(now);
const pem = toPem('CERTIFICATE', ca);
const { spki, signatureAlgorithm } = parseCertificate(ca);

function findings(certificate: unknown, platform = 'linux', more: Readonly<Record<string, unknown>> = {}) {
  const document = { kind: 'trustedCertificate', name: 'Root', platform, settings: { certificate, ...more } };
  const { draft, findings } = validateProfile(document, { now, findTrustedProfile: () => null });
  assert.equal(
    draft === null,
    findings.some(({ severity }) => severity === 'error'),
  );
  return findings;
}

function lines(...given: Parameters<typeof findings>): string[] {
  return findings(...given).map(({ rule, severity, path }) => `${rule} ${severity} ${path}`);
}

/** An RSA key of so many bits; nothing is ever encrypted with it. */
function rsaKey(bits: number): Uint8Array {
  const key = encodeRsaPublicKey(new Uint8Array(bits / 8).fill(0xff), Uint8Array.of(1, 0, 1));
  assert.equal(parsePublicKey(key).kind, 'rsa');
  return key;
}

const caWith = (usage: KeyUsage) => [
  basicConstraintsExtension({ ca: true, pathLength: undefined }),
  keyUsageExtension([usage]),
];

const intermediate = toBase64(makeCertificate(now, { name: 'Issuing', issuer: 'Root' }));
const place = 'settings.certificate';
const store = 'settings.destinationStore';

type Case = readonly [what: string, given: Parameters<typeof findings>, expected?: readonly string[]];

const table: Readonly<Record<string, { readonly breaks: readonly Case[]; readonly keeps: readonly Case[] }>> = {
  'Exactly one certificate': {
    breaks: [['two', [pem + pem], [`T1 error ${place}`]]],
    keeps: [
      ['PEM', [pem]],
      ['PEM with what openssl writes around it', [`Certificate:\n    Data:\n${pem}`]],
      ['base64 of DER', [toBase64(ca)]],
      ['base64 of a PEM file', [toBase64(utf8(pem))]],
      ['base64 of a file with base64', [toBase64(utf8(toBase64(ca)))]],
    ],
  },
  'The certificate of a certification authority': {
    breaks: [
      ['an end entity', [toBase64(makeCertificate(now, { ca: false }))], [`T2 error ${place}`]],
      [
        'a CA that may sign no certificates',
        [toBase64(makeCertificate(now, { extensions: caWith('digitalSignature') }))],
        [`T2 error ${place}`],
      ],
      [
        'constraints that cannot be read',
        [
          toBase64(
            makeCertificate(now, {
              extensions: [{ oid: '2.5.29.19', critical: true, value: Uint8Array.of(4, 0) }],
            }),
          ),
        ],
        [`T2 error ${place}`],
      ],
      [
        'version 1 that somebody else issued',
        [toBase64(makeCertificate(now, { ca: false, version: 1, issuer: 'Root' }))],
        [`T2 error ${place}`],
      ],
    ],
    keeps: [
      ['an intermediate', [intermediate]],
      ['a CA with its usage', [toBase64(makeCertificate(now, { extensions: caWith('keyCertSign') }))]],
    ],
  },
  'A root of version 1 does not say that it is a CA': {
    breaks: [['version 1', [toBase64(makeCertificate(now, { ca: false, version: 1 }))], [`T2 warning ${place}`]]],
    keeps: [['version 3', [pem]]],
  },
  'A certificate that is valid now': {
    breaks: [
      ['expired', [toBase64(makeCertificate(now, { notAfter: now - 1000 }))], [`T3 error ${place}`]],
      ['not yet valid', [toBase64(makeCertificate(now, { notBefore: now + day }))], [`T3 error ${place}`]],
    ],
    keeps: [['the last second', [toBase64(makeCertificate(now, { notBefore: now, notAfter: now }))]]],
  },
  'The CA has a key of at least 2048 bits': {
    breaks: [['1024', [toBase64(makeCertificate(now, { spki: rsaKey(1024) }))], [`T4 warning ${place}`]]],
    keeps: [['2048', [toBase64(makeCertificate(now, { spki: rsaKey(2048) }))]]],
  },
  'Roots go into the root store of Windows, intermediates into an intermediate store': {
    breaks: [
      ['a root', [pem, 'windows10', { destinationStore: 'userIntermediate' }], [`T5 warning ${store}`]],
      ['an intermediate', [intermediate, 'windows81'], [`T5 warning ${store}`]],
    ],
    keeps: [
      ['a root', [pem, 'windows10', { destinationStore: 'computerRoot' }]],
      ['an intermediate', [intermediate, 'windows10', { destinationStore: 'computerIntermediate' }]],
    ],
  },
  'From Android 11 on, people install roots under device administrator by hand': {
    breaks: [['device administrator', [pem, 'androidDeviceAdministrator'], ['T6 information platform']]],
    keeps: [['Android Enterprise', [pem, 'androidEnterprisePersonal']]],
  },
};

test('every rule has what breaks it and what just keeps it', () => {
  assert.deepEqual(Object.keys(table).sort(), trustedCertificateRules.map(({ title }) => title).sort());
  for (const [title, { breaks, keeps }] of Object.entries(table))
    assert.ok(breaks.length > 0 && keeps.length > 0, title);
});

for (const { code, severity, title } of trustedCertificateRules)
  describe(`${code} ${severity}: ${title}`, () => {
    for (const [what, given, expected = []] of table[title]?.breaks ?? [])
      test(`is broken by ${what}`, () => {
        assert.deepEqual(lines(...given), expected);
        assert.ok(expected.some((line) => line.startsWith(`${code} ${severity} `)));
      });
    for (const [what, given, expected = []] of table[title]?.keeps ?? [])
      test(`keeps ${what}`, () => assert.deepEqual(lines(...given), expected));
  });

const request = assembleCertificationRequest(
  encodeCertificationRequestInfo({ subject: nameOf([['2.5.4.3', 'x']]), spki }),
  signatureAlgorithm,
  Uint8Array.of(0),
);

const instead: readonly (readonly [what: string, text: string, detail: RegExp])[] = [
  ['nothing', '', /missing/],
  ['text', 'the certificate of our root', /neither PEM nor base64/],
  ['a web page', '<!DOCTYPE html><title>502</title>', /web page/],
  ['a file with a web page', toBase64(utf8('<!DOCTYPE html><title>502</title>')), /web page/],
  ['a file of text', toBase64(utf8('the certificate of our root')), /neither PEM nor base64/],
  ['an empty file', toBase64(utf8('\n')), /missing/],
  ['a private key', toPem('RSA PRIVATE KEY', ca), /private key/],
  ['a private key beside it', `${pem}${toPem('PRIVATE KEY', ca)}`, /private key/],
  [
    'a private key in the old encryption',
    '-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END RSA PRIVATE KEY-----\n',
    /private key/,
  ],
  ['a bare private key', toBase64(Uint8Array.of(0x30, 5, 2, 1, 0, 0x30, 0)), /a private key/],
  [
    'an encrypted private key',
    toBase64(Uint8Array.of(0x30, 9, 0x30, 5, 6, 3, 42, 3, 4, 4, 0)),
    /an encrypted private key/,
  ],
  ['a PKCS#12 file', toBase64(Uint8Array.of(0x30, 5, 2, 1, 3, 0x30, 0)), /PKCS#12/],
  ['a PKCS#7 file', toBase64(encodeCertificatesOnly({ certificates: [ca] })), /PKCS#7/],
  ['a PKCS#7 file as PEM', toPem('PKCS7', encodeCertificatesOnly({ certificates: [ca] })), /PKCS#7/],
  ['a request', toBase64(request), /a certificate request/],
  ['a request as PEM', toPem('CERTIFICATE REQUEST', request), /a certificate request/],
  ['a revocation list as PEM', toPem('X509 CRL', ca), /a revocation list/],
  ['a public key', toBase64(spki), /a public key/],
  ['several certificates', pem + pem + pem, /3 certificates/],
  ['half a certificate', toBase64(ca.subarray(0, 100)), /not a certificate/],
  ['rubbish', 'AAAA', /not a certificate/],
];

for (const [what, text, detail] of instead)
  test(`${what} in place of the certificate is told apart`, () => {
    const [finding, ...others] = findings(text);
    assert.deepEqual([finding?.rule, finding?.path, others], ['T1', place, []]);
    assert.match(finding?.detail ?? '', detail);
  });

test('what is far too long is not read, and a number is no certificate', () => {
  assert.deepEqual(lines('A'.repeat(1_000_000)), [`too-long error ${place}`]);
  assert.deepEqual(lines(7), [`wrong-type error ${place}`]);
});
