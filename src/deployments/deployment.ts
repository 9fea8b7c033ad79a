/**
 * One profile on one device, for one user or for the device itself, for one consumer: what is pending, issued, renewed,
 * in error, removed. "Still targeted" is its own field, read in the issuing transaction; nothing else decides that.
 */

import type { DeviceId } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import type { Branded } from '../lib/ids.ts';
import type { Expectation, ExpectationResult, UnresolvedVariable } from '../profiles/expectation.ts';
import type { ProfileId } from '../profiles/profile-id.ts';

export type DeploymentId = Branded<'DeploymentId'>;

/** intune-domain 5.7, `certificateIssuanceStates`. */
export const deploymentStates = [
  'requested',
  'challengeIssued',
  'challengeIssueFailed',
  'requestCreationFailed',
  'requestSubmitFailed',
  'challengeValidationSucceeded',
  'challengeValidationFailed',
  'issueFailed',
  'issuePending',
  'issued',
  'responseProcessingFailed',
  'responsePending',
  'enrollmentSucceeded',
  'enrollmentNotNeeded',
  'revoked',
  'removedFromCollection',
  'renewVerified',
  'installFailed',
  'installed',
  'deleteFailed',
  'deleted',
  'renewalRequested',
] as const;

export type DeploymentState = (typeof deploymentStates)[number];

/** Why a state was entered; `state-table.ts` says which are possible when. */
export type DeploymentCause =
  | 'due' // an enrolment is (again) wanted: new, edited, reported missing, wanted again
  | 'expectation-failed' // a variable is missing, or the root does not reach the device
  | 'challenge-issued'
  | 'request-creation-failed' // reported by the device
  | 'request-submit-failed' // reported by the device
  | 'validation-failed'
  | 'approval-awaited'
  | 'issued'
  | 'issue-failed'
  | 'response-failed' // the device could not use the answer
  | 'installed'
  | 'install-failed'
  | 'renewal-due'
  | 'revoked'
  | 'unwanted'
  | 'kept' // wanted again before anything was taken away
  | 'deleted'
  | 'delete-failed';

/** Why it is not as it should be; `code` is stable and kebab-case. */
export type DeploymentProblem = {
  readonly code: string;
  readonly detail: string;
  readonly unresolved: readonly UnresolvedVariable[];
};

export type Deployment = {
  readonly id: DeploymentId;
  readonly kind: 'scep' | 'trustedCertificate';
  readonly profileId: ProfileId;
  readonly deviceId: DeviceId;
  readonly userId: UserId | null;
  /** The Wi-Fi or VPN profile that refers to it; null: the SCEP profile itself. */
  readonly consumerId: string | null;
  /** Opaque; in the SCEP address `/scep/<slug>/d/<ref>`. Gives no right. */
  readonly deliveryRef: string;
  /** Whether the device should have it now. */
  readonly wanted: boolean;
  /**
   * `held`: it lost its ground, and stays wanted until somebody decides (`lifecycle/gate-removals.ts`); `left`: it is not
   * wanted, and the device keeps what it has. Null: neither.
   */
  readonly removal: 'held' | 'left' | null;
  readonly state: DeploymentState;
  /** When it last entered that state, ms, and why; who brought it about stands in the event of that moment. Null: before that was kept. */
  readonly stateSince: number;
  readonly stateCause: DeploymentCause | null;
  readonly problem: DeploymentProblem | null;
  /** Null for trusted certificates, and while a problem prevents one. */
  readonly expectation: Expectation | null;
  /** What the current certificate says, where that is something else than the expectation; else null. */
  readonly issuedExpectation: Expectation | null;
  /** What the directory would have it say, where the profile does not follow the directory; else null. */
  readonly withheld: ExpectationResult | null;
  /** Since when its certificate says something else than the directory, ms. Null: it does not. */
  readonly driftedAt: number | null;
  /** Grows when the expectation changes: a challenge made for an earlier one no longer serves. */
  readonly revision: number;
  /** The profile's contentVersion that the expectation was made from. */
  readonly contentVersion: number;
  /** The profile's deliveryVersion that it follows: a device that applied an earlier one is told the settings again. */
  readonly deliveryVersion: number;
  /** Which certificate of this deployment is due: 1 for the first, one more for each renewal or re-issue. */
  readonly generation: number;
  /** The latest generation that was issued; less than `generation` means one is due. 0: none yet. */
  readonly issuedGeneration: number;
  /**
   * The generation that an edit of the profile asked for while there was a certificate: once it is in place, what was issued
   * before is revoked (`delivery/supersede.ts`), and this is null again.
   */
  readonly editedGeneration: number | null;
  readonly currentCertificateId: string | null;
  /** Of the current certificate, ms; null while there is none. */
  readonly certificateNotBefore: number | null;
  readonly certificateNotAfter: number | null;
  /** When the next certificate becomes due (`renewal-time.ts`), or earlier because the current one was revoked. */
  readonly renewAt: number | null;
  /** Challenges made for the certificate that is due. */
  readonly attempts: number;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Whether the device should enrol now. */
export function isDue(deployment: Deployment): boolean {
  return (
    deployment.kind === 'scep' &&
    deployment.wanted &&
    deployment.expectation !== null &&
    deployment.issuedGeneration < deployment.generation
  );
}
