/**
 * One profile on one device, for one user or for the device itself, for one consumer: what is pending, issued, renewed,
 * in error, removed. "Still targeted" is its own field, read in the issuing transaction; nothing else decides that.
 */

import type { DeviceId } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import type { Branded } from '../lib/ids.ts';
import type { Expectation, UnresolvedVariable } from '../profiles/expectation.ts';
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
  readonly state: DeploymentState;
  readonly problem: DeploymentProblem | null;
  /** Null for trusted certificates, and while a problem prevents one. */
  readonly expectation: Expectation | null;
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
  readonly currentCertificateId: string | null;
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
