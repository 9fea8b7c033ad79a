import { type Digest, digest } from '../crypto/digest.ts';
import { openEnvelope, rsaTransport } from '../crypto/envelope.ts';
import type { PrivateKey } from '../crypto/private-key.ts';
import { verifyChain } from '../crypto/verify-chain.ts';
import { verifyWithDigest } from '../crypto/verify-signature.ts';
import { parseCertificatesOnly } from '../formats/cms/certificates-only.ts';
import { parseEnvelopedData } from '../formats/cms/enveloped-data.ts';
import { messageTypes } from '../formats/scep/message-type.ts';
import { type PkiMessage, parsePkiMessage } from '../formats/scep/pki-message.ts';
import { type Certificate, type CertificateFrame, parseCertificate } from '../formats/x509/certificate.ts';
import { sameBytes } from '../lib/bytes.ts';
import { isFailure } from '../lib/failure.ts';
import type { CallFault, ScepOutcome } from './scep-outcome.ts';
import { isScepAuthority, type ScepServer, type ScepTrust, trustPool } from './scep-server.ts';

export type ReplyContext = {
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
  /** SubjectPublicKeyInfo that the certificate must carry. */
  readonly requestedKey: Uint8Array;
  /** Of the certificate that signed the request: replies are encrypted to it. */
  readonly recipientKey: PrivateKey;
  readonly server: ScepServer;
  readonly trust: ScepTrust;
  readonly now: number;
};

/** A CertRep, believed only when it is signed by the server's RA or CA and answers this very request (RFC 8894 §3.3.2). */
export function readScepReply(der: Uint8Array, context: ReplyContext): ScepOutcome {
  try {
    return read(der, context);
  } catch (error) {
    if (isFailure(error)) return invalid('reply-malformed', error.message);
    throw error;
  }
}

function read(der: Uint8Array, context: ReplyContext): ScepOutcome {
  const parsed = parsePkiMessage(der, { maxBytes: 1024 * 1024 });
  if (!parsed.ok) return invalid('reply-malformed', parsed.failure.message);
  const { message } = parsed;
  const fault = checkSignature(message, context) ?? checkAnswersUs(message, context);
  if (fault !== null) return fault;
  switch (message.pkiStatus) {
    case 'PENDING':
      return { kind: 'pending' };
    case 'FAILURE':
      return { kind: 'refused', failInfo: message.failInfo ?? 'badRequest', text: message.failInfoText ?? null };
    default:
      return readCertificate(message, context);
  }
}

function checkSignature(message: PkiMessage, context: ReplyContext): CallFault | null {
  const { signerCertificate: signer, signer: info } = message;
  if (message.digest === 'md5') return invalid('reply-digest', 'The reply is signed with MD5.');
  if (!isTrustedSigner(signer, message, context))
    return invalid('reply-signer', 'The reply is not signed by the SCEP server or its authority.');
  if (!verifyWithDigest(signer.spki, message.digest, message.signedAttributes, info.signature))
    return invalid('reply-signature', 'The signature of the reply does not hold.');
  const content = message.content ?? new Uint8Array(0);
  return sameBytes(digest(message.digest satisfies Digest, content), message.messageDigest)
    ? null
    : invalid('reply-digest', 'The content of the reply is not what was signed.');
}

/** One that GetCACert named; or a newer RA of the same authority, since any node may answer. */
function isTrustedSigner(signer: CertificateFrame, message: PkiMessage, context: ReplyContext): boolean {
  if (context.server.signers.some((known) => sameBytes(known.der, signer.der))) return true;
  if (!isScepAuthority(signer)) return false;
  const pool = trustPool([...context.server.certificates, ...parseAll(message.certificates)], context.trust);
  return verifyChain(signer, pool, context.trust.fingerprint, context.now) !== null;
}

function checkAnswersUs(message: PkiMessage, context: ReplyContext): CallFault | null {
  if (message.messageType !== messageTypes.CertRep) return invalid('reply-type', 'The answer is no CertRep.');
  if (message.transactionId !== context.transactionId)
    return invalid('reply-transaction', 'The reply is about another transaction.');
  // RFC 8894 §3.2.1.5
  if (message.recipientNonce === undefined || !sameBytes(message.recipientNonce, context.senderNonce))
    return invalid('reply-nonce', 'The reply does not carry the nonce of this request: it may be an old one.');
  return null;
}

function readCertificate(message: PkiMessage, context: ReplyContext): ScepOutcome {
  if (message.content === undefined) return invalid('reply-empty', 'The reply says SUCCESS and carries nothing.');
  const opened = openContent(message.content, context.recipientKey);
  if (opened === null) return invalid('reply-not-opened', 'The content of the reply cannot be decrypted.');
  const certificates = parseAll(parseCertificatesOnly(opened).certificates);
  const ours = certificates.find((certificate) => sameBytes(certificate.spki, context.requestedKey));
  if (ours === undefined) return invalid('reply-other-key', 'The certificate in the reply is for another key.');
  const pool = trustPool([...context.server.certificates, ...certificates], context.trust);
  // A minute either way: notBefore is the server's clock, not ours.
  const path =
    verifyChain(ours, pool, context.trust.fingerprint, context.now) ??
    verifyChain(ours, pool, context.trust.fingerprint, ours.notBefore);
  if (path === null)
    return invalid(
      'certificate-not-trusted',
      'The new certificate does not lead to the root that this profile trusts.',
    );
  return {
    kind: 'issued',
    certificate: ours.der,
    chain: path.slice(1).map((certificate) => certificate.der),
  };
}

function openContent(content: Uint8Array, key: PrivateKey): Uint8Array | null {
  const { recipients, cipher, iv, encryptedContent } = parseEnvelopedData(content);
  const [recipient] = recipients;
  const transport = recipient && rsaTransport(recipient.transport);
  if (recipient === undefined || transport === undefined || cipher === undefined || iv === undefined) return null;
  return openEnvelope(key, {
    transport,
    encryptedKey: recipient.encryptedKey,
    cipher: cipher.name,
    iv,
    encryptedContent,
  });
}

function parseAll(ders: readonly Uint8Array[]): Certificate[] {
  return ders.map((der) => parseCertificate(der));
}

function invalid(code: string, detail: string): CallFault {
  return { kind: 'invalid', code, detail };
}
