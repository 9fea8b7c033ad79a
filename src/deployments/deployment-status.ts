/**
 * What a deployment's state means to an administrator (intune-domain 5.8). By the state alone, so that an index can count
 * it. *Conflict* exists for reports that are imported; no state of ours is one.
 */
import { type Deployment, type DeploymentState, deploymentStates } from './deployment.ts';

/** The worst first. `notApplicable`: the device had it, and should not any more. */
export const deploymentStatuses = ['error', 'conflict', 'pending', 'succeeded', 'notApplicable'] as const;

export type DeploymentStatus = (typeof deploymentStatuses)[number];

const statusOfState: Readonly<Record<DeploymentState, Exclude<DeploymentStatus, 'conflict' | 'notApplicable'>>> = {
  requested: 'pending',
  challengeIssued: 'pending',
  challengeIssueFailed: 'error',
  requestCreationFailed: 'error',
  requestSubmitFailed: 'error',
  challengeValidationSucceeded: 'pending',
  challengeValidationFailed: 'error',
  issueFailed: 'error',
  issuePending: 'pending',
  // The certificate has left us. Not every client says that it arrived; one that did not get it asks again.
  issued: 'succeeded',
  responseProcessingFailed: 'error',
  responsePending: 'pending',
  enrollmentSucceeded: 'succeeded',
  enrollmentNotNeeded: 'succeeded',
  revoked: 'error',
  removedFromCollection: 'pending',
  renewVerified: 'pending',
  installFailed: 'error',
  installed: 'succeeded',
  deleteFailed: 'error',
  deleted: 'error',
  renewalRequested: 'pending',
};

/** What is not wanted any more is an error only where the device could not remove it. */
export function statusOf({ state, wanted }: Pick<Deployment, 'state' | 'wanted'>): DeploymentStatus {
  if (wanted) return statusOfState[state];
  return state === 'deleteFailed' ? 'error' : 'notApplicable';
}

/** All that have this status, or (null) any, the worst first. */
export function placesOf(status: DeploymentStatus | null): readonly Pick<Deployment, 'state' | 'wanted'>[] {
  const all = [true, false].flatMap((wanted) => deploymentStates.map((state) => ({ state, wanted })));
  const rank = (place: (typeof all)[number]) => deploymentStatuses.indexOf(statusOf(place));
  return all.filter((place) => status === null || statusOf(place) === status).sort((a, b) => rank(a) - rank(b));
}

export type StatusCounts = Readonly<Record<DeploymentStatus, number>>;

export function countByStatus(
  counts: readonly (Pick<Deployment, 'state' | 'wanted'> & { readonly count: number })[],
): StatusCounts {
  const totals = { error: 0, conflict: 0, pending: 0, succeeded: 0, notApplicable: 0 };
  for (const { count, ...place } of counts) totals[statusOf(place)] += count;
  return totals;
}

/** Of several deployments together: the worst; null when there is none. */
export function worstStatus(counts: StatusCounts): DeploymentStatus | null {
  return deploymentStatuses.find((status) => counts[status] > 0) ?? null;
}
