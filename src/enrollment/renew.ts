/**
 * Renewal by certificate (RFC 8894 §3.3.1): the requester signs with a live device certificate of ours. The request must
 * equal the old certificate and the current expectation alike; where those two differ, a new challenge is due.
 */
import type { Certificate, CertificateId } from '../authority/certificate.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { isDue } from '../deployments/deployment.ts';
import { renewalTime } from '../deployments/renewal-time.ts';
import type { Cause } from '../events/event.ts';
import type { CertificationRequest } from '../formats/pkcs10/certification-request.ts';
import type { ScepSettings } from '../profiles/scep-settings.ts';
import { compare } from './enrol.ts';
import { delivered } from './issue.ts';
import { type IssueOrWaitDeps, issueOrWait } from './issue-or-wait.ts';
import { type RefusalReason, refusal } from './refusal.ts';
import { repeat } from './repeat.ts';
import type { RequestFacts } from './request-facts.ts';
import { sameContent } from './same-content.ts';
import { type Conclusion, causeOf, refused, type ScepCall } from './scep-call.ts';

/** Makes a new certificate due, by challenge, at the next check-in. */
export type ScheduleChallenge = (deployment: Deployment, cause: Cause) => Promise<void>;

export type RenewDeps = IssueOrWaitDeps & { readonly scheduleChallenge: ScheduleChallenge };

export type RenewInput = {
  readonly call: ScepCall;
  readonly request: CertificationRequest;
  readonly keyHash: string;
  readonly old: Certificate;
  readonly deployment: Deployment;
};

export async function renew(deps: RenewDeps, input: RenewInput): Promise<Conclusion> {
  const { call, old, deployment, request } = input;
  const { expectation } = deployment;
  const { settings } = call.profile;
  if (expectation === null) return refused(refusal('scep-profile-no-longer-targeted-to-the-client'), deployment);
  const forbidden = renewalForbidden(settings, input);
  if (forbidden !== null) return refused(refusal(forbidden), deployment);
  if (!sameContent(expectation, old.der)) {
    await deps.scheduleChallenge(deployment, causeOf(call, deployment));
    return refused(refusal('new-challenge-due', { certificate: old.id }), deployment);
  }
  const mismatch = compare(call, expectation, request);
  call.watch.lap('check');
  if (mismatch !== null) return refused(mismatch, deployment);
  return issueOrWait(deps, {
    call,
    deployment,
    expectation,
    publicKey: request.spki,
    keyHash: input.keyHash,
    certificationRequest: request.der,
    proof: { kind: 'certificate', certificateId: old.id as CertificateId },
    generation: renewalGeneration(deployment),
    renewsId: old.id,
  });
}

/** The deployment's own when one is due already, else the next one. */
export function renewalGeneration(deployment: Deployment): number {
  return isDue(deployment) ? deployment.generation : deployment.generation + 1;
}

/** This certificate was renewed already: the same key gets that answer again, another key none. */
export async function repeatRenewal(
  facts: Pick<RequestFacts, 'issuedFor'>,
  { call, keyHash, old, deployment }: RenewInput,
): Promise<Conclusion> {
  const issued = await facts.issuedFor({ kind: 'certificate', id: old.id }, keyHash);
  const found = repeat(issued, call.now, 'signer-superseded');
  return found.kind === 'again' ? delivered(found.certificate, false) : refused(refusal(found.reason), deployment);
}

function renewalForbidden(
  settings: ScepSettings,
  { call, old, deployment, keyHash }: RenewInput,
): RefusalReason | null {
  const { renewal } = settings.server;
  if (!renewal.byCertificate) return 'renewal-not-allowed';
  if (!renewal.sameKey && keyHash === old.keyHash) return 'renewal-same-key';
  const seed = { deploymentId: deployment.id, generation: deployment.issuedGeneration };
  const { from } = renewalTime(old, settings, seed);
  const early = renewal.window === 'threshold' && call.now < from && !isDue(deployment);
  return early ? 'renewal-too-early' : null;
}
