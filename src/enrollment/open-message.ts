/** From a pkiMessage to what is inside: algorithms by the profile, then the signature, then the envelope. */
import type { OpenRequest } from '../crypto/crypto-job.ts';
import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { digest } from '../crypto/digest.ts';
import { rsaTransport } from '../crypto/envelope.ts';
import { parseEnvelopedData } from '../formats/cms/enveloped-data.ts';
import { messageTypes } from '../formats/scep/message-type.ts';
import type { PkiMessage } from '../formats/scep/pki-message.ts';
import { type CipherName, rsaEncryption, signatureSchemeByOid } from '../formats/x509/algorithms.ts';
import type { PublicKey } from '../formats/x509/public-key.ts';
import { sameBytes } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import { type AllowedDigest, allowedCiphers, allowedDigests } from '../profiles/allowed-algorithms.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import { type Ca, type RegistrationAuthority, recipientOf } from './ca-directory.ts';
import { type Refusal, refusal } from './refusal.ts';

/** What the answer is made with: the client's own choice, the only one that every client can read. */
export type ReplyAlgorithms = {
  readonly digest: AllowedDigest;
  readonly cipher: CipherName;
  readonly transport: OpenRequest['transport'];
};

export type OpenedMessage =
  | {
      readonly kind: 'opened';
      readonly content: Uint8Array;
      readonly reply: ReplyAlgorithms;
      /** Whom the client wrote to, perhaps an earlier one: whose answer it believes. */
      readonly recipient: RegistrationAuthority;
      /** The pool's thread that knows the requester's key already. */
      readonly lane: number;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** What a message says about its algorithms, for its record. */
export function algorithmsOf(message: PkiMessage): Record<string, string | number> {
  const key = message.signerCertificate.publicKey;
  return { digest: message.digest, ...(key.kind === 'rsa' ? { signerKeySize: key.bits } : {}) };
}

/** `algorithms` is added to as the message reveals them. */
export async function openMessage(
  pool: Pick<CryptoPool, 'openRequest'>,
  settings: ScepSettings,
  ca: Ca,
  message: PkiMessage,
  algorithms: Record<string, string | number>,
): Promise<OpenedMessage> {
  const plan = planOpening(settings, ca, message, algorithms);
  if (plan.kind === 'refused') return plan;
  const { request } = plan;
  const opened = await pool.openRequest(request);
  if (opened.kind === 'refused')
    return no(opened.reason === 'signature' ? 'signature-validation-failed' : 'decryption-failed');
  if (opened.csrProof === false)
    return opened.csrProblem === 'malformed'
      ? no('certificate-request-decoding-failed')
      : no('certificate-request-signature-invalid', { problem: opened.csrProblem });
  const { digest, cipher, transport } = request;
  const reply = { digest, cipher, transport };
  return { kind: 'opened', content: opened.content, reply, recipient: plan.recipient, lane: opened.lane };
}

type Plan =
  | { readonly kind: 'planned'; readonly request: OpenRequest; readonly recipient: RegistrationAuthority }
  | Extract<OpenedMessage, { kind: 'refused' }>;

/** All that can be judged without a key: cheap refusals come first. */
function planOpening(
  settings: ScepSettings,
  ca: Ca,
  message: PkiMessage,
  algorithms: Record<string, string | number>,
): Plan {
  const used = message.digest;
  const digests = allowedDigests(settings);
  if (used === 'md5' || !digests.includes(used))
    return no('digest-not-allowed', { expected: digests, received: used }, 'digestAlgorithm');
  const { signer, signerCertificate, content } = message;
  if (!isUsableKey(signerCertificate.publicKey) || !fits(signer.signatureAlgorithm.oid, used))
    return no('signature-algorithm-not-allowed', { received: signer.signatureAlgorithm.oid }, 'signatureAlgorithm');
  if (content === undefined) return no('content-decoding-failed');
  const envelope = readEnvelope(content);
  if (envelope === null) return no('content-decoding-failed');
  const { cipher, iv } = envelope;
  algorithms.cipher = cipher?.name ?? envelope.contentEncryption.oid;
  const ciphers = allowedCiphers(settings);
  if (cipher === undefined || iv === undefined || !ciphers.includes(cipher.name))
    return no('cipher-not-allowed', { expected: ciphers, received: algorithms.cipher }, 'contentEncryptionAlgorithm');
  const recipient = recipientOf(
    ca,
    envelope.recipients.map(({ id }) => id),
  );
  const info = recipient === null ? undefined : envelope.recipients[recipient.index];
  if (recipient === null || info === undefined) return no('wrong-recipient');
  const transport = rsaTransport(info.transport);
  if (transport === undefined)
    return no('key-transport-not-allowed', { received: info.keyEncryption.oid }, 'keyEncryptionAlgorithm');
  // RFC 5652 §5.6
  if (!sameBytes(digest(used, content), message.messageDigest)) return no('signature-validation-failed');
  const request: OpenRequest = {
    signerKey: signerCertificate.spki,
    digest: used,
    signedAttributes: message.signedAttributes,
    signature: signer.signature,
    recipientKeyId: recipient.ra.keyId,
    transport,
    encryptedKey: info.encryptedKey,
    cipher: cipher.name,
    iv,
    encryptedContent: envelope.encryptedContent,
    verifyContentAsCsr: carriesCsr(message.messageType),
  };
  return { kind: 'planned', request, recipient: recipient.ra };
}

export function carriesCsr(messageType: number): boolean {
  return (
    messageType === messageTypes.PKCSReq ||
    messageType === messageTypes.RenewalReq ||
    messageType === messageTypes.UpdateReq
  );
}

/** SCEP answers to the signer's key, so it is RSA. The bounds keep a stranger's key from costing more than an honest one. */
function isUsableKey(key: PublicKey): boolean {
  return key.kind === 'rsa' && !key.pssOnly && key.bits >= 1024 && key.bits <= 8192 && key.exponent.length <= 8;
}

/** Plain `rsaEncryption`, or RSA with the very digest that is named beside it. */
function fits(oid: string, used: string): boolean {
  if (oid === rsaEncryption.oid) return true;
  const scheme = signatureSchemeByOid(oid);
  return scheme?.padding === 'pkcs1' && scheme.digest === used;
}

function readEnvelope(content: Uint8Array): ReturnType<typeof parseEnvelopedData> | null {
  try {
    return parseEnvelopedData(content);
  } catch (error) {
    if (isFailure(error)) return null;
    throw error;
  }
}

function no(
  reason: Refusal['reason'],
  detail: Refusal['detail'] = {},
  field: string | null = null,
): Extract<OpenedMessage, { kind: 'refused' }> {
  return { kind: 'refused', refusal: refusal(reason, detail, field) };
}
