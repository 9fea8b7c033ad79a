import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { tag } from '../asn1/tag.ts';
import { printableString, text, utf8String } from '../asn1/text.ts';
import { type Der, octetString, oid, sequence, setOf } from '../asn1/write.ts';
import { attributeOid, encodeAttribute } from '../cms/attribute.ts';
import { certificateIdOf } from '../cms/certificate-id.ts';
import { contentType } from '../cms/content-type.ts';
import { encodeSignedAttributes, encodeSignedData, type SignedDataParts } from '../cms/signed-data.ts';
import { digestIdentifier, rsaEncryption, signatureScheme } from '../x509/algorithms.ts';
import { assembleCertificate, encodeTbsCertificate, parseCertificate } from '../x509/certificate.ts';
import { nameOf } from '../x509/name.ts';
import { encodeRsaPublicKey } from '../x509/public-key.ts';
import { scepAttributeOid } from './attribute-oid.ts';
import { encodeCertRepAttributes } from './cert-rep.ts';
import { encodePkiMessage } from './encode-pki-message.ts';
import { type FailInfo, failInfos } from './fail-info.ts';
import { encodeIssuerAndSerial, parseIssuerAndSerial } from './issuer-and-serial.ts';
import { encodeIssuerAndSubject, parseIssuerAndSubject } from './issuer-and-subject.ts';
import { messageTypes } from './message-type.ts';
import { parsePkiMessage } from './pki-message.ts';
import { encodePkiRequestAttributes, type PkiRequest } from './pki-request.ts';

const algorithm = signatureScheme('rsa', 'sha256')?.identifier ?? rsaEncryption;
const name = nameOf([['2.5.4.3', 'device']]);
const certificate = parseCertificate(
  assembleCertificate(
    encodeTbsCertificate({
      serial: new Uint8Array(20).fill(0x9c),
      signatureAlgorithm: algorithm,
      issuer: name,
      subject: name,
      notBefore: 0,
      notAfter: 1e12,
      spki: encodeRsaPublicKey(new Uint8Array(256).fill(0xff), Uint8Array.of(1, 0, 1)),
      extensions: [],
    }),
    algorithm,
    new Uint8Array(256),
  ),
);

const nonce = new Uint8Array(16).fill(1);
const attributes = {
  contentType: encodeAttribute(attributeOid.contentType, oid(contentType.data)),
  messageDigest: encodeAttribute(attributeOid.messageDigest, octetString(new Uint8Array(32))),
  messageType: encodeAttribute(scepAttributeOid.messageType, printableString('19')),
  transactionId: encodeAttribute(scepAttributeOid.transactionId, printableString('T1')),
  senderNonce: encodeAttribute(scepAttributeOid.senderNonce, octetString(nonce)),
};

type Attributes = Partial<Record<keyof typeof attributes, Der | undefined>>;

function message(
  changes: Attributes = {},
  extra: readonly Der[] = [],
  parts: Partial<SignedDataParts> = {},
): Uint8Array {
  const list = Object.values({ ...attributes, ...changes }).filter((attribute) => attribute !== undefined);
  const signer = {
    id: certificateIdOf(certificate),
    digestAlgorithm: digestIdentifier('sha256'),
    signedAttributes: encodeSignedAttributes([...list, ...extra]),
    signatureAlgorithm: rsaEncryption,
    signature: new Uint8Array(256),
  };
  return encodeSignedData({
    contentType: contentType.data,
    content: Uint8Array.of(1),
    certificates: [certificate.der],
    signers: [signer],
    ...parts,
  });
}

const attribute = (id: string, ...values: Der[]) => sequence(oid(id), setOf(values));

describe('a message that does not hold says why, and what a FAILURE may be addressed to', () => {
  const rows: [string, Uint8Array, code: string, transactionId: string | undefined, nonce: boolean][] = [
    ['no messageType', message({ messageType: undefined }), 'scep-attribute-missing', 'T1', true],
    ['no transactionID', message({ transactionId: undefined }), 'scep-attribute-missing', undefined, true],
    ['no senderNonce', message({ senderNonce: undefined }), 'scep-attribute-missing', 'T1', false],
    ['no messageDigest', message({ messageDigest: undefined }), 'scep-attribute-missing', 'T1', true],
    ['no contentType', message({ contentType: undefined }), 'scep-attribute-missing', 'T1', true],
    [
      'two of one attribute',
      message({}, [attribute(scepAttributeOid.messageType, printableString('17'))]),
      'attribute-twice',
      'T1',
      true,
    ],
    [
      'two transactionIDs',
      message({}, [attribute(scepAttributeOid.transactionId, printableString('T2'))]),
      'attribute-twice',
      undefined,
      true,
    ],
    [
      'two values',
      message({ messageType: attribute(scepAttributeOid.messageType, printableString('17'), printableString('19')) }),
      'attribute-values',
      'T1',
      true,
    ],
    ['no value', message({ messageType: attribute(scepAttributeOid.messageType) }), 'attribute-values', 'T1', true],
    [
      'a messageType that is none',
      message({ messageType: attribute(scepAttributeOid.messageType, printableString('23')) }),
      'scep-message-type',
      'T1',
      true,
    ],
    [
      'a messageType in words',
      message({ messageType: attribute(scepAttributeOid.messageType, printableString('PKCSReq')) }),
      'scep-attribute-value',
      'T1',
      true,
    ],
    [
      'a messageType that is no string',
      message({ messageType: attribute(scepAttributeOid.messageType, octetString(Uint8Array.of(0x31, 0x39))) }),
      'asn1-unexpected',
      'T1',
      true,
    ],
    [
      'an empty transactionID',
      message({ transactionId: attribute(scepAttributeOid.transactionId, printableString('')) }),
      'scep-transaction-id',
      undefined,
      true,
    ],
    [
      'a transactionID of 256 characters',
      message({ transactionId: attribute(scepAttributeOid.transactionId, printableString('x'.repeat(256))) }),
      'scep-transaction-id',
      undefined,
      true,
    ],
    [
      'an empty nonce',
      message({ senderNonce: attribute(scepAttributeOid.senderNonce, octetString(new Uint8Array())) }),
      'scep-nonce',
      'T1',
      false,
    ],
    [
      'a nonce that is text',
      message({ senderNonce: attribute(scepAttributeOid.senderNonce, printableString('x')) }),
      'asn1-unexpected',
      'T1',
      false,
    ],
    [
      'another contentType than the content',
      message({ contentType: attribute(attributeOid.contentType, oid(contentType.signedData)) }),
      'scep-content-type',
      'T1',
      true,
    ],
    [
      'a signing time that is none',
      message({}, [attribute(attributeOid.signingTime, text(tag.utcTime, '261322000000Z'))]),
      'asn1-time',
      'T1',
      true,
    ],
    [
      'a CertRep without recipientNonce',
      message({ messageType: attribute(scepAttributeOid.messageType, printableString('3')) }),
      'scep-attribute-missing',
      'T1',
      true,
    ],
    ['the wrong certificate', message({}, [], { certificates: [] }), 'scep-signer-certificate', 'T1', true],
    [
      'a broken certificate',
      message({}, [], { certificates: [Uint8Array.of(0x30, 0)] }),
      'asn1-unexpected',
      'T1',
      true,
    ],
    ['no signer', message({}, [], { signers: [] }), 'scep-signers', undefined, false],
    ['bytes that are no CMS', Uint8Array.of(1, 2, 3), 'asn1-unexpected', undefined, false],
    ['no bytes', new Uint8Array(), 'asn1-unexpected', undefined, false],
  ];
  for (const [title, der, code, transactionId, hasNonce] of rows) {
    test(title, () => {
      const result = parsePkiMessage(der);
      assert.equal(result.ok, false);
      assert.equal(result.ok || result.failure.code, code);
      assert.deepEqual(result.ok || [result.replyTo.transactionId, result.replyTo.senderNonce], [
        transactionId,
        hasNonce ? nonce : undefined,
      ]);
    });
  }
});

test('a digest that is not known is a matter of cryptography, and a reply is still possible', () => {
  const signer = {
    id: certificateIdOf(certificate),
    digestAlgorithm: { oid: '1.2.3.4', parameters: undefined },
    signedAttributes: encodeSignedAttributes(Object.values(attributes)),
    signatureAlgorithm: rsaEncryption,
    signature: new Uint8Array(256),
  };
  const result = parsePkiMessage(message({}, [], { signers: [signer] }));
  assert.ok(!result.ok);
  assert.deepEqual(
    [result.failure.kind, result.replyTo.transactionId, result.replyTo.messageType],
    ['cryptography', 'T1', 19],
  );
});

test('a broken certificate beside that of the signer is passed over', () => {
  const certificates = [Uint8Array.of(0x30, 0), certificate.der];
  const result = parsePkiMessage(message({}, [], { certificates }));
  assert.deepEqual(result.ok && result.message.signerCertificate.der, certificate.der);
  assert.deepEqual(result.ok && result.message.certificates, certificates);
});

test('attributes that are not ours are passed over', () => {
  assert.equal(parsePkiMessage(message({}, [attribute('1.2.3.4', utf8String('x'), utf8String('y'))])).ok, true);
});

test('a request comes back, whatever its transactionID', () => {
  const types = Object.values(messageTypes).filter((type) => type !== 3);
  const request: fc.Arbitrary<PkiRequest> = fc.record({
    messageType: fc.constantFrom(...types),
    transactionId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    senderNonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    messageDigest: fc.uint8Array({ minLength: 20, maxLength: 64 }),
    signingTime: fc.integer({ min: 0, max: 4e9 }).map((seconds) => seconds * 1000),
  });
  fc.assert(
    fc.property(request, fc.uint8Array({ minLength: 1 }), (fields, content) => {
      const signedAttributes = encodePkiRequestAttributes(fields);
      const der = encodePkiMessage({
        content,
        signedAttributes,
        signature: nonce,
        digest: 'sha512',
        signer: certificate,
        certificates: [certificate.der],
      });
      const result = parsePkiMessage(der);
      assert.ok(result.ok);
      const { message: read } = result;
      for (const key of ['messageType', 'transactionId', 'senderNonce', 'messageDigest', 'signingTime'] as const)
        assert.deepEqual(read[key], fields[key]);
      assert.deepEqual([read.content, read.digest, read.signedAttributes], [content, 'sha512', signedAttributes]);
      assert.deepEqual(read.signer.signatureAlgorithm, rsaEncryption);
      assert.deepEqual(read.signerCertificate.der, certificate.der);
    }),
  );
});

for (const failInfo of Object.keys(failInfos) as FailInfo[]) {
  test(`a CertRep FAILURE ${failInfo} comes back with its text, and carries no content`, () => {
    const fields = {
      transactionId: 'T1',
      senderNonce: nonce,
      recipientNonce: new Uint8Array(16),
      messageDigest: new Uint8Array(32),
    };
    const signedAttributes = encodeCertRepAttributes({
      ...fields,
      status: 'FAILURE',
      failInfo,
      failInfoText: 'grunn: påkrevd',
    });
    const result = parsePkiMessage(
      encodePkiMessage({
        signedAttributes,
        signature: nonce,
        digest: 'sha256',
        signer: certificate,
        certificates: [certificate.der],
      }),
    );
    assert.ok(result.ok);
    const { messageType, pkiStatus, failInfo: info, failInfoText, content, recipientNonce } = result.message;
    assert.deepEqual(
      [messageType, pkiStatus, info, failInfoText, content],
      [3, 'FAILURE', failInfo, 'grunn: påkrevd', undefined],
    );
    assert.deepEqual(recipientNonce, fields.recipientNonce);
  });
}

test('IssuerAndSubject and IssuerAndSerialNumber come back', () => {
  const other = nameOf([['2.5.4.10', 'Acme']]);
  const poll = parseIssuerAndSubject(encodeIssuerAndSubject(name, other));
  assert.deepEqual([poll.issuer, poll.subject], [name, other]);
  const get = parseIssuerAndSerial(encodeIssuerAndSerial(certificate.issuerDer, certificate.serial));
  assert.deepEqual([get.issuer, get.serial], [name, certificate.serial]);
});
