import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { fakeClock } from '../../test/support/fake-clock.ts';
import { openTestStores } from '../../test/support/stores.ts';
import { testAuthority } from '../../test/support/test-authority.ts';
import { testKeyPair } from '../../test/support/test-key-pair.ts';
import type { KeyPair } from '../crypto/key-pair.ts';
import { tag } from '../formats/asn1/tag.ts';
import { basicConstraintsExtension } from '../formats/x509/basic-constraints.ts';
import { encodeTbsCertificate, type TbsCertificate } from '../formats/x509/certificate.ts';
import { crlDistributionPointsExtension } from '../formats/x509/distribution-point.ts';
import { extendedKeyUsageExtension, keyPurpose } from '../formats/x509/extended-key-usage.ts';
import { type Extension, extensionOid } from '../formats/x509/extension.ts';
import type { GeneralName } from '../formats/x509/general-name.ts';
import { authorityKeyIdentifierExtension, subjectKeyIdentifierExtension } from '../formats/x509/key-identifier.ts';
import { type KeyUsage, keyUsageExtension } from '../formats/x509/key-usage.ts';
import { microsoftSidExtension } from '../formats/x509/microsoft-sid.ts';
import { type Name, nameOf } from '../formats/x509/name.ts';
import { encodeRsaPublicKey } from '../formats/x509/public-key.ts';
import { subjectAltNameExtension } from '../formats/x509/subject-alt-name.ts';
import { day, minute } from '../lib/clock.ts';
import { defaultTemplate } from './certificate-template.ts';
import type { IssuingContext } from './issuing-context.ts';
import { keyIdentifier } from './key-identifier.ts';
import { lint } from './lint.ts';

const clock = fakeClock();
const now = clock.now();
let context: IssuingContext;
let rsa: KeyPair;
let ec: KeyPair;

before(async () => {
  await using stores = await openTestStores({ clock });
  ({ context } = await testAuthority(stores, clock, { issuerKey: 'p-256' }));
  rsa = await testKeyPair('rsa-2048');
  ec = await testKeyPair('p-256');
});

const cn = (value: string): Name => nameOf([['2.5.4.3', value]]);

function good(): TbsCertificate & { extensions: Extension[] } {
  return {
    serial: new Uint8Array(16).fill(0x41),
    signatureAlgorithm: context.signer.signatureAlgorithm,
    issuer: context.certificate.subjectDer,
    notBefore: now,
    notAfter: now + 100 * day,
    subject: cn('device'),
    spki: rsa.publicKey,
    extensions: [
      context.authorityKeyIdentifier,
      subjectKeyIdentifierExtension(keyIdentifier(rsa.publicKey)),
      keyUsageExtension(['digitalSignature', 'keyEncipherment']),
      basicConstraintsExtension({ ca: false, pathLength: undefined }),
      extendedKeyUsageExtension([keyPurpose.clientAuth]),
      context.crlDistributionPoints[0] as Extension,
      context.authorityInfoAccess,
    ],
  };
}

type Given = Partial<TbsCertificate>;

/** The good extensions with these in place of those of the same type. */
function extend(...replacements: Extension[]): Given {
  const ids = new Set(replacements.map(({ oid }) => oid));
  return { extensions: [...good().extensions.filter(({ oid }) => !ids.has(oid)), ...replacements] };
}

function without(...ids: string[]): Given {
  return { extensions: good().extensions.filter(({ oid }) => !ids.includes(oid)) };
}

const usages = (...list: KeyUsage[]) => keyUsageExtension(list);
const names = (...list: GeneralName[]) => extend(subjectAltNameExtension(list));
const forKey = (spki: Uint8Array, ...list: KeyUsage[]): Given => ({
  spki,
  ...extend(subjectKeyIdentifierExtension(keyIdentifier(spki)), usages(...list)),
});
const rsaKey = (bits: number, exponent: Uint8Array = Uint8Array.of(1, 0, 1)) =>
  encodeRsaPublicKey(new Uint8Array(bits / 8).fill(0xff), exponent);

function codes(given: Given, template: typeof defaultTemplate | null = defaultTemplate): string[] {
  const findings = lint(encodeTbsCertificate({ ...good(), ...given }), context, { template, shard: 0 });
  return [...new Set(findings.map(({ code }) => code))].sort();
}

describe('the lint lets pass', () => {
  const rows: readonly (readonly [name: string, given: () => Given])[] = [
    ['a good certificate', () => ({})],
    ['64 characters of CN, whatever their bytes', () => ({ subject: cn('\u{1f511}'.repeat(64)) })],
    ['an EC key that only signs', () => forKey(ec.publicKey, 'digitalSignature')],
    [
      'an empty subject with a critical SAN',
      () => ({ subject: [], ...extend(subjectAltNameExtension([{ kind: 'dns', value: 'a.example' }], true)) }),
    ],
    ['a Windows host name with an underscore', () => names({ kind: 'dns', value: 'LAPTOP_1.example.test' })],
    ['one label', () => names({ kind: 'dns', value: 'laptop' })],
    ['names that differ', () => names({ kind: 'dns', value: 'a.example' }, { kind: 'email', value: 'a@a.example' })],
    ['a SID', () => extend(microsoftSidExtension('S-1-5-21-1-2-3-1001'))],
  ];
  for (const [name, given] of rows) it(name, () => assert.deepEqual(codes(given()), []));

  it('one of our own services without an extended key usage', () => {
    assert.deepEqual(codes(without(extensionOid.extendedKeyUsage), null), []);
  });
});

describe('the lint finds', () => {
  const rows: readonly (readonly [name: string, code: string, given: () => Given])[] = [
    ['a short serial number', 'lint-serial', () => ({ serial: Uint8Array.of(1, 2, 3) })],
    ['a serial number that takes 21 octets', 'lint-serial', () => ({ serial: new Uint8Array(20).fill(0xff) })],
    ['another issuer', 'lint-issuer', () => ({ issuer: cn('Somebody') })],
    ['an end before the beginning', 'lint-validity-order', () => ({ notAfter: now - 1000 })],
    [
      'an end after that of the issuer',
      'lint-validity-issuer',
      () => ({ notBefore: context.certificate.notAfter - day, notAfter: context.certificate.notAfter + 1000 }),
    ],
    [
      'a beginning before that of the issuer',
      'lint-validity-issuer',
      () => ({ notBefore: context.certificate.notBefore - 1000 }),
    ],
    [
      'more days than the template allows',
      'lint-validity-template',
      () => ({ notAfter: now + 730 * day + 2 * minute }),
    ],
    ['no name at all', 'lint-subject-empty', () => ({ subject: [] })],
    [
      'an empty subject with a SAN that is not critical',
      'lint-subject-empty',
      () => ({ subject: [], ...names({ kind: 'dns', value: 'a.example' }) }),
    ],
    ['65 characters of CN', 'lint-name-too-long', () => ({ subject: cn('x'.repeat(65)) })],
    ['65 characters of OU', 'lint-name-too-long', () => ({ subject: nameOf([['2.5.4.11', 'x'.repeat(65)]]) })],
    ['an empty O', 'lint-name-empty', () => ({ subject: nameOf([['2.5.4.10', '']]) })],
    ['a country of one letter', 'lint-name-country', () => ({ subject: nameOf([['2.5.4.6', 'N']]) })],
    [
      'an e-mail address that is not ASCII',
      'lint-name-encoding',
      () => ({ subject: nameOf([['1.2.840.113549.1.9.1', 'é@example.test']]) }),
    ],
    ['a serialNumber that is not printable', 'lint-name-encoding', () => ({ subject: nameOf([['2.5.4.5', 'A_1']]) })],
    [
      'an old string type',
      'lint-name-encoding',
      () => ({ subject: [[{ type: '2.5.4.3', tag: tag.t61String, value: 'x' }]] }),
    ],
    ['a control character', 'lint-name-control', () => ({ subject: cn('a\u0000b') })],
    [
      'one attribute twice in an RDN',
      'lint-name-attribute-twice',
      () => ({ subject: [[...(cn('a')[0] ?? []), ...(cn('b')[0] ?? [])]] }),
    ],
    ['no key usage', 'lint-key-usage', () => without(extensionOid.keyUsage)],
    ['an empty key usage', 'lint-key-usage', () => extend(usages())],
    [
      'a key usage that is not critical',
      'lint-key-usage',
      () => extend({ ...usages('digitalSignature'), critical: false }),
    ],
    ['a usage that the template does not allow', 'lint-key-usage', () => extend(usages('dataEncipherment'))],
    ['the usage of an authority', 'lint-key-usage', () => extend(usages('keyCertSign'))],
    ['an EC key that should encipher', 'lint-key-usage', () => forKey(ec.publicKey, 'keyEncipherment')],
    ['a small RSA key', 'lint-key-size', () => forKey(rsaKey(1024), 'digitalSignature')],
    ['a small exponent', 'lint-key-exponent', () => forKey(rsaKey(2048, Uint8Array.of(3)), 'digitalSignature')],
    [
      'the identifier of another key',
      'lint-subject-key-identifier',
      () => extend(subjectKeyIdentifierExtension(new Uint8Array(20))),
    ],
    [
      'the identifier of another issuer',
      'lint-authority-key-identifier',
      () => extend(authorityKeyIdentifierExtension(new Uint8Array(20))),
    ],
    [
      'no authority key identifier',
      'lint-authority-key-identifier',
      () => without(extensionOid.authorityKeyIdentifier),
    ],
    ['an authority', 'lint-ca', () => extend(basicConstraintsExtension({ ca: true, pathLength: 0 }))],
    ['no basic constraints', 'lint-ca', () => without(extensionOid.basicConstraints)],
    ['no extended key usage', 'lint-extended-key-usage', () => without(extensionOid.extendedKeyUsage)],
    [
      'an extended key usage twice',
      'lint-extended-key-usage',
      () => extend(extendedKeyUsageExtension([keyPurpose.clientAuth, keyPurpose.clientAuth])),
    ],
    ['no CRL distribution point', 'lint-crl-distribution-point', () => without(extensionOid.crlDistributionPoints)],
    [
      'the CRL of somebody else',
      'lint-crl-distribution-point',
      () => extend(crlDistributionPointsExtension(['http://example.test/x.crl'])),
    ],
    ['no address of the issuer', 'lint-authority-info-access', () => without(extensionOid.authorityInfoAccess)],
    [
      'an extension that we do not issue',
      'lint-extension',
      () => extend({ oid: '1.2.3.4', critical: false, value: Uint8Array.of(5, 0) }),
    ],
    [
      'an extension twice',
      'lint-encoding',
      () => ({ extensions: [...good().extensions, context.authorityInfoAccess] }),
    ],
    ['a name that is not DER', 'lint-encoding', () => ({ subject: Uint8Array.of(0x30, 0x81, 0x00) })],
    ['a key that is not DER', 'lint-encoding', () => ({ spki: Uint8Array.of(0x30, 0x05) })],
    ['a malformed SID', 'lint-security-identifier', () => extend(microsoftSidExtension('S-1-five'))],
    ['an empty SAN', 'lint-san-empty', () => names()],
    [
      'a SAN twice',
      'lint-san-twice',
      () => names({ kind: 'dns', value: 'a.example' }, { kind: 'dns', value: 'A.example' }),
    ],
    ['a wildcard', 'lint-san-dns', () => names({ kind: 'dns', value: '*.example.test' })],
    ['a space in a DNS name', 'lint-san-dns', () => names({ kind: 'dns', value: 'a b' })],
    ['an underscore in a domain', 'lint-san-dns', () => names({ kind: 'dns', value: 'a.b_c.test' })],
    ['a DNS name with a dot at the end', 'lint-san-dns', () => names({ kind: 'dns', value: 'a.example.' })],
    ['a label of 64 characters', 'lint-san-dns', () => names({ kind: 'dns', value: 'x'.repeat(64) })],
    ['an empty DNS name', 'lint-san-dns', () => names({ kind: 'dns', value: '' })],
    ['an e-mail address without domain', 'lint-san-email', () => names({ kind: 'email', value: 'ada' })],
    [
      'an e-mail address with a display name',
      'lint-san-email',
      () => names({ kind: 'email', value: 'Ada <ada@example.test>' }),
    ],
    ['a URI without scheme', 'lint-san-uri', () => names({ kind: 'uri', value: 'example.test/x' })],
    ['a URI without host', 'lint-san-uri', () => names({ kind: 'uri', value: 'https:///x' })],
    ['an empty UPN', 'lint-san-upn', () => names({ kind: 'upn', value: '' })],
    ['a network in place of an address', 'lint-san-ip', () => names({ kind: 'ip', value: new Uint8Array(8) })],
    [
      'a kind of name that we do not issue',
      'lint-san-registeredId',
      () => names({ kind: 'registeredId', value: '1.2.3' }),
    ],
  ];
  for (const [name, code, given] of rows)
    it(name, () => {
      const found = codes(given());
      assert.ok(found.includes(code), `found ${found.join(', ') || 'nothing'}`);
    });
});
