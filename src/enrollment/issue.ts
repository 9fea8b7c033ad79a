/** Signs what a deployment expects and commits it: from here on there is a certificate, or there is a reason. */
import type { Certificate, CertificateId } from '../authority/certificate.ts';
import type { Issuer } from '../authority/issuer.ts';
import type { CertificateReply } from '../crypto/crypto-job.ts';
import type { Deployment } from '../deployments/deployment.ts';
import { renewalTime } from '../deployments/renewal-time.ts';
import type { NewEvent } from '../events/event.ts';
import { Failure } from '../lib/failure.ts';
import type { Expectation } from '../profiles/expectation.ts';
import type { ScepProfile } from '../profiles/profile.ts';
import type { ClockGuard } from './clock-guard.ts';
import type { IssuanceLedger, Proof } from './issuance-ledger.ts';
import type { PendingRequestId } from './pending-request.ts';
import { ledgerRefusal, refusal } from './refusal.ts';
import { repeat } from './repeat.ts';
import { type Conclusion, causeOf, refused, type ScepCall, transactionRow } from './scep-call.ts';

/** What the authority is asked for: everything in the certificate but the key comes from the expectation. */
export type CertificateOrder = {
  readonly issuer: Issuer;
  readonly profile: ScepProfile;
  readonly expectation: Expectation;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  readonly now: number;
  readonly deploymentId: string;
  readonly generation: number;
  readonly renewsId: CertificateId | null;
  /** How the requester is answered once it is issued; null when nobody waits for an answer. */
  readonly reply: CertificateReply | null;
};

export type PreparedCertificate =
  | {
      readonly kind: 'prepared';
      readonly certificate: Certificate;
      /** The CertRep with this certificate: not to leave before it is committed. Null: to be sealed then. */
      readonly message: Uint8Array | null;
      /** What there is to say about it, such as an end of validity that the issuer's own cut short. */
      readonly notes: readonly { readonly type: NewEvent['type']; readonly data: NewEvent['data'] }[];
    }
  /** The linter or the template says no. */
  | { readonly kind: 'refused'; readonly code: string; readonly detail: string };

export type PrepareCertificate = (order: CertificateOrder) => Promise<PreparedCertificate>;

export type IssueDeps = {
  readonly clockGuard: ClockGuard;
  readonly prepare: PrepareCertificate;
  readonly ledger: IssuanceLedger;
};

export type IssueInput = {
  readonly call: ScepCall;
  readonly deployment: Deployment;
  readonly expectation: Expectation;
  readonly publicKey: Uint8Array;
  readonly proof: Proof;
  readonly generation: number;
  readonly renewsId: CertificateId | null;
  readonly pendingRequestId: PendingRequestId | null;
};

/** A serial number that is taken is drawn again; with 64 random bits or more, twice in a row means something is broken. */
const attempts = 3;

/** Failure `issuer-left`, and whatever the signing threads say. */
export async function issue(deps: IssueDeps, input: IssueInput): Promise<Conclusion> {
  const { call, deployment } = input;
  const behind = await deps.clockGuard.behind();
  if (behind !== null) return refused(refusal('clock-behind', { milliseconds: behind }), deployment, true);
  for (let attempt = 1; ; attempt++) {
    const prepared = await deps.prepare(orderOf(input));
    call.watch.lap('sign');
    if (prepared.kind === 'refused') {
      const { code, detail } = prepared;
      return refused(refusal('certificate-not-issuable', { code, detail }), deployment, true);
    }
    const conclusion = await commit(deps, input, prepared);
    call.watch.lap('commit');
    if (conclusion !== 'serial-taken') return conclusion;
    if (attempt === attempts) return refused(refusal('serial-taken'), deployment, true);
  }
}

function orderOf(input: IssueInput): CertificateOrder {
  const { call, deployment } = input;
  return {
    issuer: call.ca.issuer,
    profile: call.profile,
    expectation: input.expectation,
    publicKey: input.publicKey,
    now: call.now,
    deploymentId: deployment.id,
    generation: input.generation,
    renewsId: input.renewsId,
    reply: call.reply,
  };
}

async function commit(
  { ledger }: IssueDeps,
  input: IssueInput,
  { certificate, message, notes }: Extract<PreparedCertificate, { kind: 'prepared' }>,
): Promise<Conclusion | 'serial-taken'> {
  const { call, deployment, proof } = input;
  const cause = causeOf(call, deployment);
  const subjects = [
    { kind: 'device', id: deployment.deviceId },
    { kind: 'deployment', id: deployment.id },
    { kind: 'profile', id: deployment.profileId },
    { kind: 'certificate', id: certificate.id },
  ] as const;
  const result = await ledger.commit({
    certificate,
    proof,
    deploymentId: deployment.id,
    revision: deployment.revision,
    generation: input.generation,
    renewAt: renewalTime(certificate, call.profile.settings, {
      deploymentId: deployment.id,
      generation: input.generation,
    }).at,
    pendingRequestId: input.pendingRequestId,
    events: [
      {
        type: proof.kind === 'challenge' ? 'certificate.issued' : 'certificate.renewed',
        cause,
        subjects,
        data: {
          serial: certificate.serial,
          subject: certificate.subjectText,
          notAfter: certificate.notAfter,
          generation: input.generation,
          // Its SCEP transaction is not sealed; this is.
          transactionID: call.transactionID,
        },
      },
      ...notes.map(({ type, data }) => ({ type, cause, subjects, data })),
    ],
    transaction: transactionRow(call, {
      outcome: 'success',
      reason: null,
      deploymentId: deployment.id,
      certificateId: certificate.id,
      detail: {},
    }),
    now: call.now,
  });
  switch (result.kind) {
    case 'committed':
      return { ...delivered(certificate, true), message };
    case 'already':
      return again(result.certificate, input);
    case 'refused':
      if (result.reason === 'serial-taken') return 'serial-taken';
      if (result.reason === 'issuer-left') throw issuerLeft();
      return refused(ledgerRefusal(result.reason), deployment, false);
  }
}

/** Nothing is stored: the call may be answered anew, by the authority as it is now. */
function issuerLeft(): Failure {
  const message = 'The authority went over to its next issuer while this request was answered. Try again.';
  return new Failure('unavailable', 'issuer-left', message, { retryAfter: 1 });
}

function again(certificate: Certificate, { call, deployment, proof }: IssueInput): Conclusion {
  const found = repeat(certificate, call.now, proof.kind === 'challenge' ? 'challenge-spent' : 'signer-superseded');
  return found.kind === 'again' ? delivered(found.certificate, false) : refused(refusal(found.reason), deployment);
}

/** A certificate of ours goes out to its device. */
export function delivered(certificate: Certificate, recorded: boolean): Extract<Conclusion, { kind: 'success' }> {
  return {
    kind: 'success',
    certificate: certificate.der,
    crl: null,
    message: null,
    certificateId: certificate.id,
    deploymentId: certificate.deploymentId,
    recorded,
  };
}
