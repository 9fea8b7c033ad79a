/**
 * Which moves of a deployment's state are legal, as data (states of intune-domain 5.7, order of 5.1). Whoever changes a
 * state names the cause and asks `move`; a cause without an entry for a state is illegal there.
 */
import { type Deployment, type DeploymentCause, type DeploymentState, deploymentStates } from './deployment.ts';

/** In the course of an enrolment, up to the certificate. */
const enrolling: readonly DeploymentState[] = [
  'requested',
  'challengeIssued',
  'challengeIssueFailed',
  'requestCreationFailed',
  'requestSubmitFailed',
  'challengeValidationSucceeded',
  'challengeValidationFailed',
  'issueFailed',
  'issuePending',
  'responsePending',
  'renewalRequested',
  'renewVerified',
];
/** A certificate exists, and the device should have it. */
const holding: readonly DeploymentState[] = [
  'issued',
  'responseProcessingFailed',
  'enrollmentSucceeded',
  'enrollmentNotNeeded',
  'installFailed',
  'installed',
];
/** Nothing is there any more, or should be. */
const ended: readonly DeploymentState[] = ['revoked', 'removedFromCollection', 'deleted', 'deleteFailed'];

const active = [...enrolling, ...holding];
const all = [...active, ...ended];

export const stateTable: Readonly<
  Record<DeploymentCause, { readonly from: readonly DeploymentState[]; readonly to: DeploymentState }>
> = {
  due: { from: all, to: 'requested' },
  'expectation-failed': { from: all, to: 'challengeIssueFailed' },
  'challenge-issued': { from: enrolling, to: 'challengeIssued' },
  'request-creation-failed': { from: enrolling, to: 'requestCreationFailed' },
  'request-submit-failed': { from: enrolling, to: 'requestSubmitFailed' },
  'validation-failed': { from: enrolling, to: 'challengeValidationFailed' },
  'approval-awaited': { from: enrolling, to: 'issuePending' },
  // A renewal signed by the old certificate may come while that one is in place.
  issued: { from: active, to: 'issued' },
  'issue-failed': { from: enrolling, to: 'issueFailed' },
  'response-failed': { from: holding, to: 'responseProcessingFailed' },
  // Also out of `requested`: a trusted certificate needs no enrolment.
  installed: { from: ['requested', ...holding], to: 'installed' },
  'install-failed': { from: ['requested', ...holding], to: 'installFailed' },
  'renewal-due': { from: holding, to: 'renewalRequested' },
  revoked: { from: [...active, 'removedFromCollection', 'deleteFailed'], to: 'revoked' },
  unwanted: { from: active, to: 'removedFromCollection' },
  kept: { from: ['removedFromCollection', 'deleteFailed'], to: 'issued' },
  deleted: { from: all, to: 'deleted' },
  'delete-failed': { from: ['removedFromCollection', 'revoked', 'deleteFailed'], to: 'deleteFailed' },
};

const lookup = new Map(
  Object.entries(stateTable).map(([cause, { from, to }]) => [cause, { from: new Set(from), to }] as const),
);

/** The first of these causes that can happen in this state; null: none, and the state stays. */
export function firstPossible(state: DeploymentState, ...causes: readonly DeploymentCause[]): DeploymentCause | null {
  return causes.find((cause) => move(state, cause) !== null) ?? null;
}

/** By state: those that some cause leads to it from. */
export const sourcesOf: ReadonlyMap<DeploymentState, readonly DeploymentState[]> = new Map(
  deploymentStates.map((state) => {
    const rows = Object.values(stateTable).filter(({ to }) => to === state);
    return [state, deploymentStates.filter((from) => rows.some((row) => row.from.includes(from)))];
  }),
);

/** The state after it, or null when that cannot happen in this state. */
export function move(state: DeploymentState, cause: DeploymentCause): DeploymentState | null {
  const row = lookup.get(cause);
  return row?.from.has(state) ? row.to : null;
}

/** The state after a cause, if any. Where the table has no such move the state says more already (a revoked one stays revoked). */
export function entered(
  { state, stateSince, stateCause }: Pick<Deployment, 'state' | 'stateSince' | 'stateCause'>,
  cause: DeploymentCause | null,
  now: number,
): Pick<Deployment, 'state' | 'stateSince' | 'stateCause'> {
  const to = cause === null ? null : move(state, cause);
  // The same for the same reason is nothing new.
  if (to === null || (to === state && cause === stateCause)) return { state, stateSince, stateCause };
  return { state: to, stateSince: now, stateCause: cause };
}
