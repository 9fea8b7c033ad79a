/** CertPoll (RFC 8894 §3.3.3): what became of a request that had to wait. It is found by transactionID and key. */
import type { CertificateId } from '../authority/certificate.ts';
import type { ChallengeId } from '../challenges/challenge.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { parseCertificationRequest } from '../formats/pkcs10/certification-request.ts';
import { parseIssuerAndSubject } from '../formats/scep/issuer-and-subject.ts';
import { isFailure } from '../lib/failure.ts';
import { compare } from './enrol.ts';
import type { Proof } from './issuance-ledger.ts';
import { delivered, type IssueDeps, issue } from './issue.ts';
import type { PendingRequest, PendingRequestStore } from './pending-request.ts';
import { refusal } from './refusal.ts';
import { repeat } from './repeat.ts';
import type { RequestFacts } from './request-facts.ts';
import { type Conclusion, refused, type ScepCall } from './scep-call.ts';

export type PollDeps = {
  readonly issuing: IssueDeps;
  readonly facts: Pick<RequestFacts, 'deployment' | 'issuedFor'>;
  readonly pendingRequests: Pick<PendingRequestStore, 'findByTransaction'>;
};

export type PollInput = {
  readonly call: ScepCall;
  /** IssuerAndSubject, decrypted. */
  readonly content: Uint8Array;
  /** SHA-256 of the signer's SubjectPublicKeyInfo, hex. */
  readonly signerKey: string;
  /** The record of the signer's certificate, when it is one of ours: renewals are polled with the old one. */
  readonly signerCertificateId: CertificateId | null;
};

export async function poll(deps: PollDeps, input: PollInput): Promise<Conclusion> {
  const { call } = input;
  if (!isIssuerAndSubject(input.content)) return refused(refusal('content-decoding-failed'));
  const candidates = await deps.pendingRequests.findByTransaction(call.transactionID ?? '');
  const request = candidates.find((each) => asked(each, input));
  if (request === undefined) return refused(refusal('transaction-unknown'));
  const deployment = await deps.facts.deployment(request.deploymentId);
  if (deployment === null || deployment.profileId !== call.profile.id) return refused(refusal('transaction-unknown'));
  call.watch.lap('check');
  switch (request.state) {
    case 'waiting':
      return { kind: 'pending', deploymentId: deployment.id, recorded: false };
    case 'rejected':
      return refused(refusal('approval-rejected'), deployment);
    case 'issued':
      return issuedBefore(deps, call, request, deployment);
    case 'approved':
      return issueApproved(deps, call, request, deployment);
  }
}

/** Others may have chosen the same transactionID: the key tells whose it is. */
function asked(request: PendingRequest, { signerKey, signerCertificateId }: PollInput): boolean {
  const { proof } = request;
  return request.keyHash === signerKey || (proof.kind === 'certificate' && proof.id === signerCertificateId);
}

async function issuedBefore(
  deps: PollDeps,
  call: ScepCall,
  { proof, keyHash }: PendingRequest,
  deployment: Deployment,
): Promise<Conclusion> {
  const issued = await deps.facts.issuedFor(proof, keyHash);
  const found = repeat(issued, call.now, proof.kind === 'challenge' ? 'challenge-spent' : 'signer-superseded');
  return found.kind === 'again' ? delivered(found.certificate, false) : refused(refusal(found.reason), deployment);
}

async function issueApproved(
  deps: PollDeps,
  call: ScepCall,
  pending: PendingRequest,
  deployment: Deployment,
): Promise<Conclusion> {
  const { expectation } = deployment;
  if (expectation === null || !deployment.wanted)
    return refused(refusal('scep-profile-no-longer-targeted-to-the-client'), deployment);
  if (deployment.revision !== pending.revision) return refused(refusal('expectation-changed'), deployment);
  const request = parseCertificationRequest(pending.certificationRequest);
  // The profile's hash setting is no part of the expectation and may have changed meanwhile.
  const mismatch = compare(call, expectation, request);
  if (mismatch !== null) return refused(mismatch, deployment);
  const proof: Proof =
    pending.proof.kind === 'challenge'
      ? { kind: 'challenge', challengeId: pending.proof.id as ChallengeId }
      : { kind: 'certificate', certificateId: pending.proof.id as CertificateId };
  return issue(deps.issuing, {
    call,
    deployment,
    expectation,
    publicKey: request.spki,
    proof,
    generation: pending.generation,
    renewsId: proof.kind === 'certificate' ? proof.certificateId : null,
    pendingRequestId: pending.id,
  });
}

function isIssuerAndSubject(content: Uint8Array): boolean {
  try {
    parseIssuerAndSubject(content);
    return true;
  } catch (error) {
    if (isFailure(error)) return false;
    throw error;
  }
}
