import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromHex, toHex } from '../../lib/bytes.ts';
import { isFailure } from '../../lib/failure.ts';
import { parseAsn1 } from '../asn1/read.ts';
import { encode } from '../asn1/write.ts';
import { authorityInfoAccess, authorityInfoAccessExtension } from './authority-info-access.ts';
import { basicConstraints, basicConstraintsExtension } from './basic-constraints.ts';
import {
  crlDistributionPoints,
  crlDistributionPointsExtension,
  issuingDistributionPoint,
  issuingDistributionPointExtension,
} from './distribution-point.ts';
import { extendedKeyUsage, extendedKeyUsageExtension, keyPurpose } from './extended-key-usage.ts';
import { encodeExtensions, readExtensions } from './extension.ts';
import type { GeneralName } from './general-name.ts';
import { ipText, parseIp } from './ip-address.ts';
import {
  authorityKeyIdentifier,
  authorityKeyIdentifierExtension,
  subjectKeyIdentifier,
  subjectKeyIdentifierExtension,
} from './key-identifier.ts';
import { type KeyUsage, keyUsage, keyUsageExtension, keyUsages } from './key-usage.ts';
import { microsoftSid, microsoftSidExtension } from './microsoft-sid.ts';
import { nameOf } from './name.ts';
import { subjectAltNameExtension, subjectAltNames } from './subject-alt-name.ts';

test('key usages come back in the order of their bits', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.constantFrom(...keyUsages)), (usages) => {
      const sorted = keyUsages.filter((usage) => usages.includes(usage)) as KeyUsage[];
      assert.deepEqual(keyUsage(keyUsageExtension(usages).value), sorted);
    }),
  );
});

test('subject alternative names of every kind come back', () => {
  const names: GeneralName[] = [
    { kind: 'email', value: 'ada@example.test' },
    { kind: 'dns', value: 'pc-1.example.test' },
    { kind: 'uri', value: 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-1001' },
    { kind: 'ip', value: Uint8Array.of(10, 1, 2, 3) },
    { kind: 'ip', value: new Uint8Array(16) },
    { kind: 'upn', value: 'ada@example.test' },
    { kind: 'directoryName', value: nameOf([['2.5.4.3', 'x']]) },
    { kind: 'registeredId', value: '1.2.3.4' },
    { kind: 'otherName', type: '1.2.3', value: Uint8Array.of(5, 0) },
    { kind: 'other', value: Uint8Array.of(0xa5, 0) },
  ];
  assert.deepEqual(subjectAltNames(subjectAltNameExtension(names).value), names);
});

test('an IP address of five bytes is refused', () => {
  assert.throws(
    () => subjectAltNames(Uint8Array.of(0x30, 7, 0x87, 5, 1, 2, 3, 4, 5)),
    (error) => isFailure(error, 'general-name-ip'),
  );
});

test('basic constraints come back', () => {
  for (const value of [
    { ca: true, pathLength: 0 },
    { ca: true, pathLength: undefined },
    { ca: false, pathLength: undefined },
  ])
    assert.deepEqual(basicConstraints(basicConstraintsExtension(value).value), value);
});

test('the other extensions come back', () => {
  const id = Uint8Array.of(1, 2, 3);
  const purposes = [keyPurpose.clientAuth, keyPurpose.smartcardLogon];
  const access = { ocsp: ['http://o.test/a'], caIssuers: ['http://i.test/b', 'http://i.test/c'] };
  const uris = ['http://c.test/1.crl', 'ldap://c.test/x'];
  const point = { uris, onlyUserCertificates: true, onlyCaCertificates: false, indirect: false };
  assert.deepEqual(subjectKeyIdentifier(subjectKeyIdentifierExtension(id).value), id);
  assert.deepEqual(authorityKeyIdentifier(authorityKeyIdentifierExtension(id).value), id);
  assert.deepEqual(extendedKeyUsage(extendedKeyUsageExtension(purposes).value), purposes);
  assert.deepEqual(authorityInfoAccess(authorityInfoAccessExtension(access).value), access);
  assert.deepEqual(crlDistributionPoints(crlDistributionPointsExtension(uris).value), uris);
  assert.deepEqual(issuingDistributionPoint(issuingDistributionPointExtension(point).value), point);
  assert.equal(microsoftSid(microsoftSidExtension('S-1-5-21-1-2-3-1001').value), 'S-1-5-21-1-2-3-1001');
});

test('the SID extension is the one Windows reads (MS-WCCE §2.2.2.7.7.4)', () => {
  assert.equal(
    toHex(microsoftSidExtension('S-1-5-21-1-2-3-1001').value),
    `3025a023060a2b060104018237190201a0150413${toHex(new TextEncoder().encode('S-1-5-21-1-2-3-1001'))}`,
  );
});

test('an extension that stands twice is refused', () => {
  const one = basicConstraintsExtension({ ca: false, pathLength: undefined });
  const node = parseAsn1(encode(encodeExtensions([one, one])));
  assert.throws(
    () => readExtensions(node, 'the extensions'),
    (error) => isFailure(error, 'extension-twice'),
  );
});

for (const [text, hex] of [
  ['10.1.2.3', '0a010203'],
  ['::', '00000000000000000000000000000000'],
  ['::1', '00000000000000000000000000000001'],
  ['2001:db8::1', '20010db8000000000000000000000001'],
  ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
  ['1:0:0:2::3', '00010000000000020000000000000003'],
  ['fe80::', 'fe800000000000000000000000000000'],
] as const) {
  test(`${text} is written and read`, () => {
    assert.equal(toHex(parseIp(text) ?? new Uint8Array()), hex);
    assert.equal(ipText(fromHex(hex) ?? new Uint8Array()), text);
  });
}

test('text that is no address is refused', () => {
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    ':1',
    'g::',
    '1:2:3:4:5:6:7::8',
    ':::',
  ])
    assert.equal(parseIp(text), undefined, text);
  assert.equal(toHex(parseIp('::ffff:1.2.3.4') ?? new Uint8Array()), '00000000000000000000ffff01020304');
});
