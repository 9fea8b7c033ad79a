/** Builds SCEP requests of every kind, right and wrong, and reads what comes back without believing it. */

import { type ClientKey, certificateRequest, selfSignedCertificate } from '../../src/client/certificate-request.ts';
import { type Digest, digest, sha256Hex } from '../../src/crypto/digest.ts';
import { openEnvelope, rsaTransport, sealEnvelope } from '../../src/crypto/envelope.ts';
import { generateKeyPair, type KeyKind } from '../../src/crypto/key-pair.ts';
import { plainBytes } from '../../src/crypto/plain-bytes.ts';
import { importPrivateKey } from '../../src/crypto/private-key.ts';
import { importPublicKey } from '../../src/crypto/public-key.ts';
import { signWithDigest } from '../../src/crypto/sign-with-digest.ts';
import type { Deployment } from '../../src/deployments/deployment.ts';
import { type CertificateId, certificateIdOf } from '../../src/formats/cms/certificate-id.ts';
import { parseCertificatesOnly } from '../../src/formats/cms/certificates-only.ts';
import { parseEnvelopedData } from '../../src/formats/cms/enveloped-data.ts';
import { encodePkiMessage } from '../../src/formats/scep/encode-pki-message.ts';
import { type MessageTypeName, messageTypes } from '../../src/formats/scep/message-type.ts';
import { parsePkiMessage } from '../../src/formats/scep/pki-message.ts';
import { encodePkiRequestAttributes } from '../../src/formats/scep/pki-request.ts';
import type { CipherName } from '../../src/formats/x509/algorithms.ts';
import { type Certificate, type CertificateFrame, parseCertificate } from '../../src/formats/x509/certificate.ts';
import { fromBase64, toBase64 } from '../../src/lib/bytes.ts';
import { randomBytes } from '../../src/lib/random.ts';
import { takeRsaKey } from './key-pool.ts';

export type TestIdentity = { readonly key: ClientKey; readonly certificate: Uint8Array };

/** From the run's pool of keys where it has that size. */
export async function testClientKey(kind: KeyKind = 'rsa-2048'): Promise<ClientKey> {
  const size = kind === 'rsa-2048' ? 2048 : kind === 'rsa-3072' ? 3072 : kind === 'rsa-4096' ? 4096 : null;
  if (size !== null) {
    const { privateKey, publicKey } = await takeRsaKey(size);
    return { privateKey, publicKey: plainBytes(publicKey.export({ type: 'spki', format: 'der' })) };
  }
  const pair = await generateKeyPair(kind);
  return { privateKey: importPrivateKey(pair.privateKey), publicKey: pair.publicKey };
}

export type Requested = Parameters<typeof certificateRequest>[1];

/** What a deployment expects, as its device would ask for it. */
export function requestedBy({ expectation }: Deployment, change: Partial<Requested> = {}): Requested {
  if (expectation === null) throw new Error('the deployment expects nothing');
  return {
    subject: fromBase64(expectation.subject) ?? new Uint8Array(),
    subjectAlternativeNames: expectation.subjectAlternativeNames,
    keyUsage: expectation.keyUsage,
    extendedKeyUsages: expectation.extendedKeyUsages.map(({ oid }) => oid),
    ...change,
  };
}

export function csrOf(key: ClientKey, requested: Requested, challenge: string | null, hash: Digest = 'sha256') {
  return certificateRequest(key, requested, challenge, hash);
}

export function selfSigned(key: ClientKey, subject: Uint8Array, hash: Digest = 'sha256'): TestIdentity {
  return { key, certificate: selfSignedCertificate(key, subject, hash, Date.now()) };
}

export type TestMessage = {
  readonly type: Exclude<MessageTypeName, 'CertRep'>;
  readonly content: Uint8Array;
  readonly signer: TestIdentity;
  readonly recipient: Certificate;
  /** How the envelope points at the recipient; default: by issuer and serial number. */
  readonly recipientId?: CertificateId;
  readonly hash?: Digest;
  readonly cipher?: CipherName;
  readonly transport?: 'pkcs1' | Digest;
  readonly transactionId?: string;
  readonly senderNonce?: Uint8Array;
};

export function buildMessage(message: TestMessage): Uint8Array {
  const { hash = 'sha256', cipher = 'aes128-cbc', signer, recipient } = message;
  const key = importPublicKey(recipient.spki);
  if (key === undefined) throw new Error('the recipient has no usable key');
  const id = message.recipientId ?? certificateIdOf(recipient);
  const content = sealEnvelope(key, id, cipher, message.content, message.transport ?? 'pkcs1');
  const signedAttributes = encodePkiRequestAttributes({
    messageType: messageTypes[message.type],
    transactionId: message.transactionId ?? sha256Hex(signer.key.publicKey),
    senderNonce: message.senderNonce ?? randomBytes(16),
    messageDigest: digest(hash, content),
    signingTime: Date.now(),
  });
  return encodePkiMessage({
    content,
    signedAttributes,
    signature: signWithDigest(signer.key.privateKey, hash, signedAttributes),
    digest: hash,
    signer: parseCertificate(signer.certificate),
    certificates: [signer.certificate],
  });
}

export type TestReply = {
  readonly status: 'SUCCESS' | 'PENDING' | 'FAILURE';
  readonly failInfo: string | null;
  /** Without the request id at its end. */
  readonly reason: string | null;
  /** Whose key signed it, as the reply says; nobody has checked. */
  readonly signer: CertificateFrame;
  readonly certificates: readonly Uint8Array[];
  readonly crls: readonly Uint8Array[];
};

export async function fetchCaCertificates(address: string): Promise<readonly Certificate[]> {
  const response = await fetch(`${address}?operation=GetCACert`);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return parseCertificatesOnly(bytes).certificates.map((der) => parseCertificate(der));
}

export async function registrationAuthorityOf(address: string): Promise<Certificate> {
  const [first] = await fetchCaCertificates(address);
  if (first === undefined) throw new Error('GetCACert answered nothing');
  return first;
}

export function post(address: string, message: Uint8Array, contentType = 'application/x-pki-message') {
  const headers = contentType === '' ? {} : { 'content-type': contentType };
  return fetch(`${address}?operation=PKIOperation`, { method: 'POST', headers, body: new Blob([message.slice()]) });
}

export function get(address: string, message: Uint8Array, encode: (base64: string) => string = encodeURIComponent) {
  return fetch(`${address}?operation=PKIOperation&message=${encode(toBase64(message))}`);
}

/** Opens a CertRep with the key that signed the request. Throws when there is none in the answer. */
export async function readReply(response: Response, key: ClientKey): Promise<TestReply> {
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${new TextDecoder().decode(body)}`);
  const parsed = parsePkiMessage(body);
  if (!parsed.ok) throw parsed.failure;
  const { message } = parsed;
  const inside = message.content === undefined ? null : parseCertificatesOnly(decrypt(message.content, key));
  return {
    status: message.pkiStatus ?? 'FAILURE',
    failInfo: message.failInfo ?? null,
    reason: message.failInfoText?.replace(/ [^ ]+$/, '') ?? null,
    signer: message.signerCertificate,
    certificates: inside?.certificates ?? [],
    crls: inside?.crls ?? [],
  };
}

function decrypt(content: Uint8Array, key: ClientKey): Uint8Array {
  const { recipients, cipher, iv, encryptedContent } = parseEnvelopedData(content);
  const [recipient] = recipients;
  const transport = recipient && rsaTransport(recipient.transport);
  if (recipient === undefined || transport === undefined || cipher === undefined || iv === undefined)
    throw new Error('the reply is enveloped in a way that no client reads');
  const { encryptedKey } = recipient;
  const opened = openEnvelope(key.privateKey, { transport, encryptedKey, cipher: cipher.name, iv, encryptedContent });
  if (opened === null) throw new Error('the reply is not for this key');
  return opened;
}
