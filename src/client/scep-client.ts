/** The client's side of SCEP (RFC 8894): one message out, one checked reply in. What it may ask for is its caller's business. */
import { type Digest, digest, sha256Hex } from '../crypto/digest.ts';
import { sealEnvelope } from '../crypto/envelope.ts';
import { importPublicKey } from '../crypto/public-key.ts';
import { signWithDigest } from '../crypto/sign-with-digest.ts';
import { certificateIdOf } from '../formats/cms/certificate-id.ts';
import { encodePkiMessage } from '../formats/scep/encode-pki-message.ts';
import { encodeIssuerAndSubject } from '../formats/scep/issuer-and-subject.ts';
import { messageTypes } from '../formats/scep/message-type.ts';
import { encodePkiRequestAttributes } from '../formats/scep/pki-request.ts';
import type { CipherName } from '../formats/x509/algorithms.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import {
  type ClientKey,
  certificateRequest,
  type RequestedCertificate,
  selfSignedCertificate,
} from './certificate-request.ts';
import type { ScepOutcome } from './scep-outcome.ts';
import { readScepReply } from './scep-reply.ts';
import { type ScepCall, type ScepServer, type ScepTrust, sendPkiMessage } from './scep-server.ts';

export type ScepAlgorithms = { readonly digest: Digest; readonly cipher: CipherName };

export type ScepExchange = {
  readonly call: ScepCall;
  readonly server: ScepServer;
  readonly trust: ScepTrust;
  readonly algorithms: ScepAlgorithms;
  /** ms UTC. */
  readonly now: number;
};

/**
 * The strongest that both sides know and the profile allows; SHA-256 before longer digests, which some clients' servers
 * announce and do not do. `allowed` null: any. Failure `cryptography` `no-common-digest` or `no-common-cipher`.
 */
export function chooseAlgorithms(
  capabilities: ScepServer['capabilities'],
  allowed: readonly ('sha1' | 'sha2')[] | null,
): ScepAlgorithms {
  const may = (family: 'sha1' | 'sha2'): boolean => allowed === null || allowed.includes(family);
  const offered = (
    [
      ['SHA-256', 'sha256', 'sha2'],
      ['SHA-512', 'sha512', 'sha2'],
      ['SHA-384', 'sha384', 'sha2'],
      ['SHA-1', 'sha1', 'sha1'],
    ] as const
  ).find(([capability, , family]) => capabilities.has(capability) && may(family));
  if (offered === undefined)
    throw new Failure(
      'cryptography',
      'no-common-digest',
      'The SCEP server takes none of the digests that are allowed here.',
    );
  // RFC 8894 §3.5.2: AES stands for AES128-CBC.
  const cipher = capabilities.has('AES') ? 'aes128-cbc' : capabilities.has('DES3') ? 'des-ede3-cbc' : null;
  if (cipher === null)
    throw new Failure('cryptography', 'no-common-cipher', 'The SCEP server takes neither AES nor 3DES.');
  return { digest: offered[1], cipher };
}

/** PKCSReq: a first certificate, proven by the challenge. */
export function enroll(
  exchange: ScepExchange,
  key: ClientKey,
  requested: RequestedCertificate,
  challenge: string,
): Promise<ScepOutcome> {
  const csr = certificateRequest(key, requested, challenge, exchange.algorithms.digest);
  return send(exchange, messageTypes.PKCSReq, csr, key, key, signerFor(exchange, key, requested));
}

/** RenewalReq: signed with the certificate that is to be renewed, for a new key (RFC 8894 §3.3.1). */
export function renew(
  exchange: ScepExchange,
  key: ClientKey,
  requested: RequestedCertificate,
  old: { readonly key: ClientKey; readonly certificate: Uint8Array },
): Promise<ScepOutcome> {
  const csr = certificateRequest(key, requested, null, exchange.algorithms.digest);
  return send(exchange, messageTypes.RenewalReq, csr, key, old.key, old.certificate);
}

/** CertPoll: what became of the request that was answered PENDING (RFC 8894 §3.3.3). `old` as it was given to `renew`. */
export function poll(
  exchange: ScepExchange,
  key: ClientKey,
  requested: RequestedCertificate,
  old: { readonly key: ClientKey; readonly certificate: Uint8Array } | null = null,
): Promise<ScepOutcome> {
  const content = encodeIssuerAndSubject(exchange.server.issuer.subjectDer, requested.subject);
  const signer = old?.certificate ?? signerFor(exchange, key, requested);
  return send(exchange, messageTypes.CertPoll, content, key, old?.key ?? key, signer);
}

function signerFor(exchange: ScepExchange, key: ClientKey, requested: RequestedCertificate): Uint8Array {
  return selfSignedCertificate(key, requested.subject, exchange.algorithms.digest, exchange.now);
}

/** Made from the key, so that a repeated request is recognised, also after a restart. */
export function transactionIdOf(key: ClientKey): string {
  return sha256Hex(key.publicKey);
}

async function send(
  exchange: ScepExchange,
  messageType: 17 | 19 | 20,
  inner: Uint8Array,
  key: ClientKey,
  signingKey: ClientKey,
  signerDer: Uint8Array,
): Promise<ScepOutcome> {
  const { server, algorithms } = exchange;
  const recipientKey = importPublicKey(server.recipient.spki);
  if (recipientKey === undefined)
    return { kind: 'invalid', code: 'ra-key-unsupported', detail: 'The key of the SCEP server cannot be used.' };
  const content = sealEnvelope(recipientKey, certificateIdOf(server.recipient), algorithms.cipher, inner);
  const transactionId = transactionIdOf(key);
  const senderNonce = randomBytes(16);
  const signedAttributes = encodePkiRequestAttributes({
    messageType,
    transactionId,
    senderNonce,
    messageDigest: digest(algorithms.digest, content),
    signingTime: exchange.now,
  });
  const message = encodePkiMessage({
    content,
    signedAttributes,
    signature: signWithDigest(signingKey.privateKey, algorithms.digest, signedAttributes),
    digest: algorithms.digest,
    signer: parseCertificate(signerDer),
    certificates: [signerDer],
  });
  const answer = await sendPkiMessage(exchange.call, server, message);
  if ('code' in answer) return answer;
  return readScepReply(answer.body, {
    transactionId,
    senderNonce,
    requestedKey: key.publicKey,
    recipientKey: signingKey.privateKey,
    server,
    trust: exchange.trust,
    now: exchange.now,
  });
}
