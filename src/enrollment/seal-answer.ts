/** The CertRep (RFC 8894 §3.3.2) for a conclusion: encrypted to the requester, signed by the RA. */
import type { CertificateReply, Reply } from '../crypto/crypto-job.ts';
import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { encodeCertificatesOnly } from '../formats/cms/certificates-only.ts';
import type { FailInfo } from '../formats/scep/fail-info.ts';
import type { PkiMessage, ReplyTo } from '../formats/scep/pki-message.ts';
import { allowedDigests } from '../profiles/allowed-algorithms.ts';
import type { RegistrationAuthority } from './ca-directory.ts';
import type { ReplyAlgorithms } from './open-message.ts';
import type { Refusal } from './refusal.ts';
import type { Conclusion, ScepCall } from './scep-call.ts';

/** How a refusal is told to a device; `http/scep/fail-info.ts` is the one mapping. */
export type WireRefusal = (
  refusal: Refusal,
  requestId: string,
) => { readonly failInfo: FailInfo; readonly failInfoText: string };

export type SealAnswerDeps = {
  readonly pool: Pick<CryptoPool, 'sealReply'>;
  readonly wireRefusal: WireRefusal;
};

/** Who is answered. A CertRep can be built when both ids are known; a SUCCESS needs the message that was opened. */
export type Requester = {
  readonly transactionId: string;
  readonly senderNonce: Uint8Array;
  readonly digest: ReplyTo['digest'];
  readonly opened: {
    readonly message: PkiMessage;
    readonly reply: ReplyAlgorithms;
    readonly recipient: RegistrationAuthority;
    readonly lane: number;
  } | null;
};

export async function sealAnswer(
  deps: SealAnswerDeps,
  call: ScepCall,
  requester: Requester,
  conclusion: Conclusion,
): Promise<Uint8Array> {
  if (conclusion.kind === 'success' && conclusion.message !== null) return conclusion.message;
  const wire = conclusion.kind === 'refused' ? deps.wireRefusal(conclusion.refusal, call.requestId) : null;
  const { opened } = requester;
  return deps.pool.sealReply({
    ...frameFor(call, requester),
    status: conclusion.kind === 'success' ? 'SUCCESS' : conclusion.kind === 'pending' ? 'PENDING' : 'FAILURE',
    failInfo: wire?.failInfo ?? null,
    failInfoText: wire?.failInfoText ?? null,
    envelope:
      conclusion.kind === 'success' && opened !== null
        ? { ...envelopeFor(opened), content: contentOf(call, conclusion) }
        : null,
  });
}

/** What a certificate is answered with that is yet to be signed; null for who cannot be answered that way. */
export function certificateReply(call: ScepCall, requester: Requester): CertificateReply | null {
  const { opened } = requester;
  if (opened === null) return null;
  return {
    ...frameFor(call, requester),
    status: 'SUCCESS',
    failInfo: null,
    failInfoText: null,
    envelope: envelopeFor(opened),
    beside: besideCertificate(call),
  };
}

/** All that does not depend on how the call ends. */
function frameFor(
  call: ScepCall,
  requester: Requester,
): Omit<Reply, 'status' | 'failInfo' | 'failInfoText' | 'envelope'> {
  const { certificate, keyId } = requester.opened?.recipient ?? call.ca.registrationAuthority;
  return {
    keyId,
    signerIssuer: certificate.issuerDer,
    signerSerial: certificate.serial,
    certificates: [certificate.der],
    digest: replyDigest(call, requester),
    transactionId: requester.transactionId,
    recipientNonce: requester.senderNonce,
    signingTime: call.now,
    ...(requester.opened === null ? {} : { lane: requester.opened.lane }),
  };
}

/** The request's, the only one that a client is sure to verify; SHA-256 where that one is not acceptable. */
function replyDigest(call: ScepCall, { digest }: Requester): Reply['digest'] {
  return digest !== undefined && digest !== 'md5' && allowedDigests(call.profile.settings).includes(digest)
    ? digest
    : 'sha256';
}

function envelopeFor({
  message,
  reply,
}: NonNullable<Requester['opened']>): Omit<NonNullable<Reply['envelope']>, 'content'> {
  const { signerCertificate } = message;
  return {
    recipientKey: signerCertificate.spki,
    recipientIssuer: signerCertificate.issuerDer,
    recipientSerial: signerCertificate.serial,
    cipher: reply.cipher,
    transport: reply.transport,
  };
}

function contentOf(call: ScepCall, { certificate, crl }: Extract<Conclusion, { kind: 'success' }>): Uint8Array {
  return encodeCertificatesOnly({
    certificates: certificate === null ? [] : [certificate, ...besideCertificate(call)],
    crls: crl === null ? [] : [crl],
  });
}

function besideCertificate(call: ScepCall): readonly Uint8Array[] {
  return call.profile.settings.server.issuerInReply ? [call.ca.issuer.certificate] : [];
}
