/** The CertRep (RFC 8894 §3.3.2) for a conclusion: encrypted to the requester, signed by the RA. */
import type { Reply } from '../crypto/crypto-job.ts';
import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { encodeCertificatesOnly } from '../formats/cms/certificates-only.ts';
import type { FailInfo } from '../formats/scep/fail-info.ts';
import type { PkiMessage, ReplyTo } from '../formats/scep/pki-message.ts';
import { allowedDigests } from '../profiles/allowed-algorithms.ts';
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
  readonly opened: { readonly message: PkiMessage; readonly reply: ReplyAlgorithms; readonly lane: number } | null;
};

export async function sealAnswer(
  deps: SealAnswerDeps,
  call: ScepCall,
  requester: Requester,
  conclusion: Conclusion,
): Promise<Uint8Array> {
  const { certificate, keyId } = call.ca.registrationAuthority;
  const wire = conclusion.kind === 'refused' ? deps.wireRefusal(conclusion.refusal, call.requestId) : null;
  const { opened } = requester;
  return deps.pool.sealReply({
    keyId,
    signerIssuer: certificate.issuerDer,
    signerSerial: certificate.serial,
    certificates: [certificate.der],
    digest: replyDigest(call, requester),
    transactionId: requester.transactionId,
    recipientNonce: requester.senderNonce,
    signingTime: call.now,
    status: conclusion.kind === 'success' ? 'SUCCESS' : conclusion.kind === 'pending' ? 'PENDING' : 'FAILURE',
    failInfo: wire?.failInfo ?? null,
    failInfoText: wire?.failInfoText ?? null,
    envelope: conclusion.kind === 'success' && opened !== null ? envelopeFor(call, opened, conclusion) : null,
    ...(opened === null ? {} : { lane: opened.lane }),
  });
}

/** The request's, the only one that a client is sure to verify; SHA-256 where that one is not acceptable. */
function replyDigest(call: ScepCall, { digest }: Requester): Reply['digest'] {
  return digest !== undefined && digest !== 'md5' && allowedDigests(call.profile.settings).includes(digest)
    ? digest
    : 'sha256';
}

function envelopeFor(
  call: ScepCall,
  { message, reply }: NonNullable<Requester['opened']>,
  { certificate, crl }: Extract<Conclusion, { kind: 'success' }>,
): NonNullable<Reply['envelope']> {
  const { signerCertificate } = message;
  const issuer = call.profile.settings.server.issuerInReply ? [call.ca.issuer.certificate] : [];
  return {
    recipientKey: signerCertificate.spki,
    recipientIssuer: signerCertificate.issuerDer,
    recipientSerial: signerCertificate.serial,
    cipher: reply.cipher,
    transport: reply.transport,
    content: encodeCertificatesOnly({
      certificates: certificate === null ? [] : [certificate, ...issuer],
      crls: crl === null ? [] : [crl],
    }),
  };
}
