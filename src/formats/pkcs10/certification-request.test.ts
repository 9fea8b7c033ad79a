import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../lib/failure.ts';
import { strict } from '../asn1/leniency.ts';
import { tag } from '../asn1/tag.ts';
import { printableString, text, utf8String } from '../asn1/text.ts';
import { type Der, encode, implicit, integer, nullValue, octetString, oid, sequence, setOf } from '../asn1/write.ts';
import { signatureScheme } from '../x509/algorithms.ts';
import { type Extension, encodeExtensions } from '../x509/extension.ts';
import { keyUsageExtension } from '../x509/key-usage.ts';
import { encodeName, nameOf } from '../x509/name.ts';
import { encodeRsaPublicKey } from '../x509/public-key.ts';
import {
  assembleCertificationRequest,
  encodeCertificationRequestInfo,
  parseCertificationRequest,
} from './certification-request.ts';

const spki = encodeRsaPublicKey(new Uint8Array(256).fill(0xff), Uint8Array.of(1, 0, 1));
const algorithm = signatureScheme('rsa', 'sha256')?.identifier ?? { oid: '1.2.3', parameters: undefined };
const subject = nameOf([['2.5.4.3', 'pc-1']]);
const challengeOid = '1.2.840.113549.1.9.7';
const extensionRequestOid = '1.2.840.113549.1.9.14';
const microsoftOid = '1.3.6.1.4.1.311.2.1.14';

const attribute = (id: string, ...values: Der[]) => sequence(oid(id), setOf(values));
const usage = keyUsageExtension(['digitalSignature']);
const other: Extension = { ...usage, value: keyUsageExtension(['keyAgreement']).value };

function request(...attributes: Der[]): Uint8Array {
  const info = encode(sequence(integer(0), encodeName(subject), spki, implicit(0, setOf(attributes).parts)));
  return assembleCertificationRequest(info, algorithm, new Uint8Array(256));
}

for (const [name, value, expected] of [
  ['PrintableString', printableString('secret'), 'secret'],
  ['UTF8String', utf8String('hemmelig æøå'), 'hemmelig æøå'],
  ['IA5String', text(tag.ia5String, 'p@ss_word!'), 'p@ss_word!'],
  ['BMPString', text(tag.bmpString, 'hemmelig æøå'), 'hemmelig æøå'],
  ['T61String', text(tag.t61String, 'påss'), 'påss'],
  ['PrintableString with characters that do not belong there', text(tag.printableString, 'p@ss*_'), 'p@ss*_'],
  ['a string of 8192 characters', utf8String('x'.repeat(8192)), 'x'.repeat(8192)],
  ['an empty string', printableString(''), ''],
] as const) {
  test(`reads a challenge password as ${name}`, () => {
    assert.equal(parseCertificationRequest(request(attribute(challengeOid, value))).challengePassword, expected);
  });
}

for (const [name, attributes, code] of [
  [
    'a challenge password beyond 8192 characters',
    [attribute(challengeOid, utf8String('x'.repeat(8193)))],
    'challenge-too-long',
  ],
  [
    'a challenge password beyond all measure',
    [attribute(challengeOid, utf8String('x'.repeat(100_000)))],
    'challenge-too-long',
  ],
  [
    'a challenge password that is no string',
    [attribute(challengeOid, octetString(Uint8Array.of(1)))],
    'asn1-unexpected',
  ],
  [
    'two challenge passwords',
    [attribute(challengeOid, printableString('a'), printableString('b'))],
    'request-attribute-values',
  ],
  [
    'two attributes of one type',
    [attribute(challengeOid, printableString('a')), attribute(challengeOid, printableString('b'))],
    'request-attribute-twice',
  ],
  [
    'an extension asked for twice in one attribute',
    [attribute(extensionRequestOid, encodeExtensions([usage, usage]))],
    'extension-twice',
  ],
  [
    'an extension asked for twice, differently',
    [attribute(extensionRequestOid, encodeExtensions([usage])), attribute(microsoftOid, encodeExtensions([other]))],
    'extension-twice',
  ],
] as [string, Der[], string][]) {
  test(`refuses ${name}, without repeating it`, () => {
    assert.throws(
      () => parseCertificationRequest(request(...attributes)),
      (error) => isFailure(error, code) && !error.message.includes('xxx'),
    );
  });
}

test('takes an empty extension request, and one without a value', () => {
  assert.deepEqual(parseCertificationRequest(request(attribute(extensionRequestOid, sequence()))).extensions, []);
  assert.deepEqual(parseCertificationRequest(request(attribute(extensionRequestOid))).extensions, []);
});

test('reads extensions from the attribute of Microsoft, and the same ones in both once', () => {
  const asked = encodeExtensions([usage]);
  assert.deepEqual(parseCertificationRequest(request(attribute(microsoftOid, asked))).extensions, [usage]);
  assert.deepEqual(
    parseCertificationRequest(request(attribute(microsoftOid, asked), attribute(extensionRequestOid, asked)))
      .extensions,
    [usage],
  );
});

test('keeps attributes it does not know', () => {
  const { otherAttributes } = parseCertificationRequest(request(attribute('1.2.3.4', nullValue, integer(5))));
  assert.deepEqual(otherAttributes, [{ oid: '1.2.3.4', values: [Uint8Array.of(2, 1, 5), nullValue] }]);
});

test('what was built comes back, in strict DER', () => {
  const info = encodeCertificationRequestInfo({
    subject,
    spki,
    challengePassword: 'ABC',
    friendlyName: 'Ærlig',
    extensions: [usage],
  });
  const built = parseCertificationRequest(assembleCertificationRequest(info, algorithm, Uint8Array.of(1, 2)), {
    leniency: strict,
  });
  assert.deepEqual(
    [built.subject, built.spki, built.challengePassword, built.friendlyName, built.extensions],
    [subject, spki, 'ABC', 'Ærlig', [usage]],
  );
  assert.deepEqual([built.info, built.signature, built.signatureAlgorithm], [info, Uint8Array.of(1, 2), algorithm]);
  assert.deepEqual(built.publicKey, {
    kind: 'rsa',
    bits: 2048,
    modulus: new Uint8Array(256).fill(0xff),
    exponent: Uint8Array.of(1, 0, 1),
    pssOnly: false,
  });
});

test('a request without attributes still has their field', () => {
  const info = encodeCertificationRequestInfo({ subject, spki });
  assert.equal(
    parseCertificationRequest(assembleCertificationRequest(info, algorithm, Uint8Array.of(1)), { leniency: strict })
      .challengePassword,
    undefined,
  );
});
