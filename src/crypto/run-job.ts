import { encodeCertificatesOnly } from '../formats/cms/certificates-only.ts';
import { parseCertificationRequest } from '../formats/pkcs10/certification-request.ts';
import { type CertRep, encodeCertRepAttributes } from '../formats/scep/cert-rep.ts';
import { encodePkiMessage } from '../formats/scep/encode-pki-message.ts';
import { assembleCertificate } from '../formats/x509/certificate.ts';
import { sameBytes } from '../lib/bytes.ts';
import { systemClock } from '../lib/clock.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import type {
  Certified,
  CertifyJob,
  CryptoJob,
  CryptoResult,
  JobOutcome,
  OpenJob,
  Reply,
  ReplyEnvelope,
} from './crypto-job.ts';
import { digest } from './digest.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import type { KeyRing } from './key-ring.ts';
import type { PublicKey } from './public-key.ts';
import { signWithDigest } from './sign-with-digest.ts';
import { verifySignature, verifyWithDigest } from './verify-signature.ts';

/** Does one job on this thread. Never throws. */
export function runJob(keys: KeyRing, job: CryptoJob): JobOutcome {
  try {
    return { ok: true, result: resultOf(keys, job) };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const failure = isFailure(error) ? { kind: error.kind, code: error.code, params: error.params } : null;
    return { ok: false, error: { failure, message } };
  }
}

function resultOf(keys: KeyRing, job: CryptoJob): CryptoResult {
  switch (job.kind) {
    case 'sign':
      return signWithDigest(keys.privateKey(job.keyId), job.digest, job.data);
    case 'open':
      return openRequest(keys, job);
    case 'reply':
      return sealReply(keys, job);
    case 'certify':
      return certify(keys, job);
  }
}

function openRequest(keys: KeyRing, job: OpenJob): CryptoResult {
  const started = systemClock.monotonic();
  const signerKey = keys.publicKey(job.signerKey);
  const signed =
    signerKey !== undefined && verifyWithDigest(signerKey, job.digest, job.signedAttributes, job.signature);
  const verified = systemClock.monotonic();
  if (!signed)
    return { kind: 'refused', reason: 'signature', timings: { verify: verified - started, decrypt: 0, proof: 0 } };
  const content = openEnvelope(keys.privateKey(job.recipientKeyId), job);
  const decrypted = systemClock.monotonic();
  const proof = job.verifyContentAsCsr ? csrProof(job, signerKey, content) : null;
  const timings = {
    verify: verified - started,
    decrypt: decrypted - verified,
    proof: systemClock.monotonic() - decrypted,
  };
  if (content === null) return { kind: 'refused', reason: 'decryption', timings };
  return {
    kind: 'opened',
    content,
    csrProof: proof === null ? null : proof === 'good',
    csrProblem: bad(proof),
    timings,
  };
}

type Proof = 'good' | NonNullable<Extract<CryptoResult, { kind: 'opened' }>['csrProblem']>;

function bad(proof: Proof | null) {
  return proof === 'good' ? null : proof;
}

/**
 * The self-signature of the request inside. Where there is nothing to verify one verification is done all the same, so
 * that the time taken does not tell whether decryption went well.
 */
function csrProof(job: OpenJob, signerKey: PublicKey, content: Uint8Array | null): Proof {
  const request = content === null ? undefined : parseQuietly(content);
  if (request === undefined) {
    verifyWithDigest(signerKey, job.digest, job.signedAttributes, job.signature);
    return 'malformed';
  }
  const key = sameBytes(request.spki, job.signerKey) ? signerKey : request.spki;
  const check = verifySignature(key, request.signatureAlgorithm, request.info, request.signature);
  if (check.kind === 'valid') return 'good';
  return check.kind === 'invalid' ? 'signature' : check.reason;
}

function parseQuietly(content: Uint8Array) {
  try {
    return parseCertificationRequest(content);
  } catch (error) {
    if (isFailure(error)) return undefined;
    throw error;
  }
}

const nothing = new Uint8Array(0);

function certify(keys: KeyRing, { keyId, digest, tbs, signatureAlgorithm, reply }: CertifyJob): Certified {
  const signature = signWithDigest(keys.privateKey(keyId), digest, tbs);
  const certificate = assembleCertificate(tbs, signatureAlgorithm, signature);
  const content = encodeCertificatesOnly({ certificates: [certificate, ...reply.beside], crls: [] });
  const message = sealReply(keys, { ...reply, envelope: { ...reply.envelope, content } });
  return { kind: 'certified', certificate, message };
}

function sealReply(keys: KeyRing, job: Reply): Uint8Array {
  // FAILURE and PENDING carry no envelope: empty content, since OpenSSL, and so certmonger, verifies nothing that has none.
  const content = job.envelope === null ? nothing : sealTo(keys, job.envelope);
  const signedAttributes = encodeCertRepAttributes(certRep(job, digest(job.digest, content)));
  return encodePkiMessage({
    content,
    signedAttributes,
    signature: signWithDigest(keys.privateKey(job.keyId), job.digest, signedAttributes),
    digest: job.digest,
    signer: { issuerDer: job.signerIssuer, serial: job.signerSerial },
    certificates: job.certificates,
  });
}

function certRep(job: Reply, messageDigest: Uint8Array): CertRep {
  const { transactionId, recipientNonce, signingTime, status, failInfo, failInfoText } = job;
  const common = { transactionId, senderNonce: randomBytes(16), recipientNonce, messageDigest, signingTime };
  if (status !== 'FAILURE') return { ...common, status };
  return { ...common, status, failInfo: failInfo ?? 'badRequest', ...(failInfoText === null ? {} : { failInfoText }) };
}

function sealTo(keys: KeyRing, envelope: ReplyEnvelope): Uint8Array {
  const key = keys.publicKey(envelope.recipientKey);
  if (key === undefined)
    throw new Failure('cryptography', 'recipient-key-not-rsa', 'The key to answer to is not an RSA key.');
  const recipient = {
    kind: 'issuer-and-serial',
    issuerDer: envelope.recipientIssuer,
    serial: envelope.recipientSerial,
  } as const;
  return sealEnvelope(key, recipient, envelope.cipher, envelope.content, envelope.transport);
}
