import assert from 'node:assert/strict';
import {
  constants,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  privateDecrypt,
  verify,
} from 'node:crypto';
import { test } from 'node:test';
import type { Leniency } from '../../src/formats/asn1/leniency.ts';
import { identifies } from '../../src/formats/cms/certificate-id.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { parseCertificationRequest } from '../../src/formats/pkcs10/certification-request.ts';
import { encodePkiMessage } from '../../src/formats/scep/encode-pki-message.ts';
import { decodeGetMessage } from '../../src/formats/scep/get-message.ts';
import { parseIssuerAndSubject } from '../../src/formats/scep/issuer-and-subject.ts';
import { type PkiMessage, parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { signatureSchemeByOid } from '../../src/formats/x509/algorithms.ts';
import { parseCertificate } from '../../src/formats/x509/certificate.ts';
import { nameText } from '../../src/formats/x509/name-text.ts';
import { pemBlocks } from '../../src/formats/x509/pem.ts';
import { sameNameDer } from '../../src/formats/x509/same-name.ts';
import { subjectAltNames } from '../../src/formats/x509/subject-alt-name.ts';
import { concatBytes, toBase64 } from '../../src/lib/bytes.ts';
import { capturedMessages, vector, vectorText } from './captured.ts';

const ra = parseCertificate(pemBlocks(vectorText('ra.pem'), 'CERTIFICATE')[0] ?? new Uint8Array());
const ca = parseCertificate(pemBlocks(vectorText('ca.pem'), 'CERTIFICATE')[0] ?? new Uint8Array());
const raKey = createPrivateKey(vectorText('ra.key.pem'));

type Expected = {
  readonly type: number;
  readonly digest: string;
  readonly cipher: string;
  readonly transactionId: RegExp;
  /** What must be tolerated for it, and nothing more. */
  readonly leniency: Leniency;
  readonly selfSigned: boolean;
  readonly recipients: number;
  readonly subject: string;
  readonly challenge: string | undefined;
  readonly names: number;
};

const strongSwan = {
  type: 19,
  digest: 'sha256',
  cipher: 'aes128-cbc',
  transactionId: /^[0-9A-F]{40}$/,
  leniency: {},
  selfSigned: true,
  recipients: 1,
  challenge: 'secret',
  names: 0,
};
const micromdm = {
  type: 19,
  digest: 'sha1',
  cipher: 'des-cbc',
  transactionId: /^[A-Za-z0-9+/]{27}=$/,
  leniency: { absentAlgorithmParameters: true, constructedOctetString: true },
  selfSigned: true,
  // It encrypts to every certificate of GetCACert.
  recipients: 2,
  subject: 'CN=mm1,OU=OU1,O=O1,C=NO',
  challenge: 'secret',
  names: 0,
};
const certmonger = {
  type: 19,
  digest: 'sha256',
  cipher: 'aes256-cbc',
  transactionId: /^[0-9]{76,78}$/,
  leniency: {},
  selfSigned: true,
  recipients: 1,
  subject: 'C=NO,O=O1,CN=cm1',
  challenge: 'secret',
  names: 2,
};

const expected: Readonly<Record<string, Expected>> = {
  'micromdm/enrol': micromdm,
  'micromdm/renew': { ...micromdm, type: 17, selfSigned: false },
  'strongswan/enrol': { ...strongSwan, subject: 'CN=ss1,O=O1,C=NO', names: 3 },
  'strongswan/renew': {
    ...strongSwan,
    type: 17,
    subject: 'CN=ss1,O=O1,C=NO',
    selfSigned: false,
    challenge: undefined,
    names: 1,
  },
  'strongswan/enrol-pending': { ...strongSwan, subject: 'CN=ss3,O=O1,C=NO' },
  'strongswan/poll': { ...strongSwan, type: 20, subject: 'CN=ss3,O=O1,C=NO' },
  'strongswan/enrol-des3-sha1': { ...strongSwan, digest: 'sha1', cipher: 'des-ede3-cbc', subject: 'CN=ss4,O=O1,C=NO' },
  'strongswan/enrol-sha512': { ...strongSwan, digest: 'sha512', subject: 'CN=ss5,O=O1,C=NO' },
  'certmonger/enrol': certmonger,
  // Renewal is a PKCSReq signed by the old certificate, the old challenge still in it.
  'certmonger/resubmit': { ...certmonger, selfSigned: false },
  'certmonger/rekey': { ...certmonger, selfSigned: false },
};

function parsed(der: Uint8Array, leniency?: Leniency): PkiMessage {
  const result = parsePkiMessage(der, leniency && { leniency });
  if (!result.ok) throw result.failure;
  return result.message;
}

/** As the server opens it; DES as 3DES with one key three times. */
function decrypted(content: Uint8Array): Uint8Array {
  const envelope = parseEnvelopedData(content);
  const recipient = envelope.recipients.find(({ id }) => identifies(id, ra));
  assert.ok(recipient && envelope.cipher && envelope.iv);
  const key = privateDecrypt({ key: raKey, padding: constants.RSA_PKCS1_PADDING }, recipient.encryptedKey);
  const single = envelope.cipher.name === 'des-cbc';
  const name = single ? 'des-ede3-cbc' : envelope.cipher.name.replace('aes', 'aes-');
  const decipher = createDecipheriv(name, single ? concatBytes([key, key, key]) : key, envelope.iv);
  return concatBytes(
    [decipher.update(envelope.encryptedContent), decipher.final()].map((part) => new Uint8Array(part)),
  );
}

test('every recorded message has its expectations here', () => {
  assert.deepEqual(Object.keys(expected).sort(), capturedMessages());
});

for (const [name, wanted] of Object.entries(expected)) {
  test(`${name} is read as the client meant it`, () => {
    const message = parsed(vector(`${name}.der`));
    assert.equal(message.messageType, wanted.type);
    assert.equal(message.digest, wanted.digest);
    assert.match(message.transactionId, wanted.transactionId);
    assert.equal(message.senderNonce.length, 16);
    assert.equal(sameNameDer(message.signerCertificate.issuerDer, ca.subjectDer), !wanted.selfSigned);
    assert.ok(message.content);
    const envelope = parseEnvelopedData(message.content);
    assert.equal(envelope.cipher?.name, wanted.cipher);
    assert.equal(envelope.recipients.length, wanted.recipients);
  });

  test(`${name} has the digest and the signature of its client`, () => {
    const message = parsed(vector(`${name}.der`));
    const digest = createHash(message.digest)
      .update(message.content ?? new Uint8Array())
      .digest();
    const key = createPublicKey({ key: Buffer.from(message.signerCertificate.spki), format: 'der', type: 'spki' });
    assert.deepEqual(new Uint8Array(digest), new Uint8Array(message.messageDigest));
    assert.equal(verify(message.digest, message.signedAttributes, key, message.signer.signature), true);
  });

  test(`${name} holds the content that the client put in`, () => {
    const message = parsed(vector(`${name}.der`));
    const content = decrypted(message.content ?? new Uint8Array());
    assert.deepEqual(content, vector(`${name}.content.der`));
    if (wanted.type === 20) {
      assert.equal(nameText(parseIssuerAndSubject(content).subject), wanted.subject);
      return;
    }
    const request = parseCertificationRequest(content);
    assert.equal(nameText(request.subject), wanted.subject);
    assert.equal(request.challengePassword, wanted.challenge);
    const names = request.extensions.find(({ oid }) => oid === '2.5.29.17');
    assert.equal(names === undefined ? 0 : subjectAltNames(names.value).length, wanted.names);
    const key = createPublicKey({ key: Buffer.from(request.spki), format: 'der', type: 'spki' });
    const scheme = signatureSchemeByOid(request.signatureAlgorithm.oid);
    assert.equal(verify(scheme?.digest, request.info, key, request.signature), true);
  });

  test(`${name} needs the leniencies that are named for it, and no other`, () => {
    const read = (leniency: Leniency) =>
      parseEnvelopedData(parsed(vector(`${name}.der`), leniency).content ?? new Uint8Array(), { leniency });
    read(wanted.leniency);
    for (const flag of Object.keys(wanted.leniency))
      assert.throws(() => read({ ...wanted.leniency, [flag]: false }), flag);
  });
}

for (const name of ['enrol', 'resubmit', 'rekey']) {
  test(`certmonger/${name} comes by GET`, () => {
    assert.deepEqual(decodeGetMessage(vectorText(`certmonger/${name}.query.txt`)), vector(`certmonger/${name}.der`));
  });
}

test('a GET as macOS writes it, with bare + and /, is the same message', () => {
  const der = vector('strongswan/enrol.der');
  const text = toBase64(der).replaceAll('=', '%3D');
  assert.deepEqual(decodeGetMessage(`operation=PKIOperation&message=${text}`), der);
  assert.deepEqual(decodeGetMessage(`operation=PKIOperation&message=${text.replaceAll('+', ' ')}`), der);
});

test('a Buffer, as Node hands out, is read like any bytes and never written to', () => {
  const buffer = Buffer.from(vector('strongswan/enrol.der'));
  const message = parsed(buffer);
  const signature = new Uint8Array(message.signer.signature);
  const before = Buffer.from(message.signedAttributes);
  const signedAttributes = Buffer.from(before);
  const parts = { content: buffer, signature, digest: 'sha256', signer: ra, certificates: [ra.der] } as const;
  encodePkiMessage({ ...parts, signedAttributes });
  assert.deepEqual(signedAttributes, before);
  assert.deepEqual(new Uint8Array(buffer), vector('strongswan/enrol.der'));
});
