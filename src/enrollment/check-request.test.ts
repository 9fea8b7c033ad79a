import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basicConstraintsExtension } from '../formats/x509/basic-constraints.ts';
import { extendedKeyUsageExtension, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import type { Extension } from '../formats/x509/extension.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { keyUsageExtension } from '../formats/x509/key-usage.ts';
import { microsoftSidExtension } from '../formats/x509/microsoft-sid.ts';
import { encodeName, nameOf } from '../formats/x509/name.ts';
import { subjectAltNameExtension } from '../formats/x509/subject-alt-name.ts';
import { toBase64 } from '../lib/bytes.ts';
import type { Expectation } from '../profiles/expectation.ts';
import { type CheckedRequest, checkRequest } from './check-request.ts';

const cn = '2.5.4.3';
const o = '2.5.4.10';
const ou = '2.5.4.11';
const subject = nameOf([
  [o, 'Acme, Inc.'],
  [cn, 'Zoë "Z" Müller+Co=1;2'],
]);

const expectation: Expectation = {
  subject: toBase64(encodeName(subject)),
  subjectText: 'for people',
  subjectAlternativeNames: [
    { type: 'dns', value: 'host.example.com' },
    { type: 'email', value: 'Zoe@example.com' },
    { type: 'upn', value: 'zoe@corp.example.com' },
    { type: 'ip', value: '2001:db8::1' },
    { type: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001' },
  ],
  securityIdentifier: null,
  keyUsage: ['digitalSignature', 'keyEncipherment'],
  extendedKeyUsages: [{ name: 'Client Authentication', oid: keyPurpose.clientAuth }],
  keySize: 2048,
  validityPeriod: null,
};

const names: readonly GeneralName[] = [
  { kind: 'uri', value: 'TAG:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001' },
  { kind: 'email', value: 'Zoe@EXAMPLE.com' },
  { kind: 'dns', value: 'HOST.example.com' },
  { kind: 'upn', value: 'Zoe@Corp.Example.Com' },
  { kind: 'ip', value: Uint8Array.of(0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1) },
];

const modulus = new Uint8Array(256).fill(0xff);
const rsa = { kind: 'rsa', bits: 2048, modulus, exponent: Uint8Array.of(1, 0, 1), pssOnly: false } as const;
const sha256WithRsa = { oid: '1.2.840.113549.1.1.11', parameters: undefined };

function request(change: Partial<CheckedRequest> = {}): CheckedRequest {
  return {
    subject,
    subjectDer: encodeName(subject),
    publicKey: rsa,
    extensions: [subjectAltNameExtension(names)],
    signatureAlgorithm: sha256WithRsa,
    ...change,
  };
}

function codes(checked: CheckedRequest, expected: Expectation = expectation): string[] {
  return checkRequest(expected, ['sha256'], checked).map(({ code, field }) => `${code} ${field}`);
}

function named(pairs: readonly (readonly [string, string])[]): CheckedRequest {
  const name = nameOf(pairs);
  return request({ subject: name, subjectDer: encodeName(name) });
}

function asking(...extensions: Extension[]): CheckedRequest {
  return request({ extensions: [subjectAltNameExtension(names), ...extensions] });
}

test('the same request, names in other spellings and another order, is allowed', () => {
  assert.deepEqual(codes(request()), []);
});

test('a name in another string type and case is the same name', () => {
  const printable = [[{ type: o, tag: 0x13, value: 'ACME, INC.' }], subject[1] ?? []];
  assert.deepEqual(codes(request({ subject: printable, subjectDer: encodeName(printable) })), []);
});

const refusals: readonly (readonly [string, CheckedRequest, readonly string[]])[] = [
  [
    'another common name',
    named([
      [o, 'Acme, Inc.'],
      [cn, 'root'],
    ]),
    ['subject-name-mismatch subject.CN'],
  ],
  [
    'an RDN too many',
    named([
      [o, 'Acme, Inc.'],
      [cn, 'Zoë "Z" Müller+Co=1;2'],
      [ou, 'admins'],
    ]),
    ['subject-name-mismatch subject.OU'],
  ],
  ['no subject', named([]), ['subject-name-missing subject']],
  ['a shorter key', request({ publicKey: { ...rsa, bits: 1024 } }), ['key-length-mismatch publicKey']],
  ['a longer key', request({ publicKey: { ...rsa, bits: 4096 } }), ['key-length-mismatch publicKey']],
  ['the exponent 3', request({ publicKey: { ...rsa, exponent: Uint8Array.of(3) } }), ['key-weak publicKey']],
  [
    'an elliptic key',
    request({ publicKey: { kind: 'ec', curve: 'P-256', point: new Uint8Array(65) } }),
    ['key-type-mismatch publicKey'],
  ],
  [
    'a SHA-1 signature',
    request({ signatureAlgorithm: { oid: '1.2.840.113549.1.1.5', parameters: undefined } }),
    ['request-digest-not-allowed signatureAlgorithm'],
  ],
  [
    'an MD5 signature',
    request({ signatureAlgorithm: { oid: '1.2.840.113549.1.1.4', parameters: undefined } }),
    ['request-digest-not-allowed signatureAlgorithm'],
  ],
  ['no alternative names', request({ extensions: [] }), ['subject-alt-name-missing subjectAlternativeName']],
  [
    'one alternative name less',
    request({ extensions: [subjectAltNameExtension(names.slice(1))] }),
    ['subject-alt-name-mismatch subjectAlternativeName'],
  ],
  [
    'one alternative name more',
    request({ extensions: [subjectAltNameExtension([...names, { kind: 'dns', value: 'evil.example.com' }])] }),
    ['subject-alt-name-mismatch subjectAlternativeName'],
  ],
  [
    'another local part, by case',
    request({
      extensions: [
        subjectAltNameExtension(
          names.map((name) => (name.kind === 'email' ? { ...name, value: 'zoe@example.com' } : name)),
        ),
      ],
    }),
    ['subject-alt-name-mismatch subjectAlternativeName'],
  ],
  ['fewer key usages', asking(keyUsageExtension(['digitalSignature'])), ['key-usage-mismatch keyUsage']],
  [
    'the right to sign certificates',
    asking(keyUsageExtension(['digitalSignature', 'keyEncipherment', 'keyCertSign'])),
    ['key-usage-mismatch keyUsage'],
  ],
  [
    'another purpose',
    asking(extendedKeyUsageExtension([keyPurpose.serverAuth])),
    ['enhanced-key-usage-mismatch extendedKeyUsage'],
  ],
  [
    'a purpose too many',
    asking(extendedKeyUsageExtension([keyPurpose.clientAuth, keyPurpose.smartcardLogon])),
    ['enhanced-key-usage-mismatch extendedKeyUsage'],
  ],
  [
    'being a CA',
    asking(basicConstraintsExtension({ ca: true, pathLength: undefined })),
    ['basic-constraints-mismatch basicConstraints'],
  ],
  [
    "somebody's security identifier",
    asking(microsoftSidExtension('S-1-5-21-9-9-9-500')),
    ['security-identifier-mismatch securityIdentifier'],
  ],
  [
    'an extension that nobody knows',
    asking({ oid: '1.2.3.4.5', critical: false, value: Uint8Array.of(5, 0) }),
    ['extension-not-allowed extensions'],
  ],
  [
    'an extension that does not parse',
    asking({ oid: '2.5.29.15', critical: true, value: Uint8Array.of(0x30, 0) }),
    ['certificate-request-decoding-failed extensions'],
  ],
];

for (const [name, checked, expected] of refusals)
  test(`asking for ${name} is refused`, () => assert.deepEqual(codes(checked), expected));

test('usages that equal the profile, and what clients add of their own, are allowed', () => {
  const checked = asking(
    keyUsageExtension(['keyEncipherment', 'digitalSignature']),
    extendedKeyUsageExtension([keyPurpose.clientAuth]),
    basicConstraintsExtension({ ca: false, pathLength: undefined }),
    { oid: '2.5.29.14', critical: false, value: Uint8Array.of(4, 1, 7) },
    { oid: '1.3.6.1.4.1.311.20.2', critical: false, value: Uint8Array.of(0x1e, 0) },
  );
  assert.deepEqual(codes(checked), []);
});

test('all differences are listed, not only the first', () => {
  const checked = request({ extensions: [], publicKey: { ...rsa, bits: 1024 } });
  assert.deepEqual(codes(checked), [
    'key-length-mismatch publicKey',
    'subject-alt-name-missing subjectAlternativeName',
  ]);
});

test('no alternative names are needed where none are expected', () => {
  assert.deepEqual(codes(request({ extensions: [] }), { ...expectation, subjectAlternativeNames: [] }), []);
});
