/**
 * What must change so that a device's deployments are what its assignments want: known against wanted, in pure data.
 * Running it on its own outcome changes nothing.
 */
import type { DeviceId } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import { type Expectation, type ExpectationResult, sameExpectation } from '../profiles/expectation.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Deployment, DeploymentId, DeploymentProblem } from './deployment.ts';
import { type DeploymentCause, move } from './state-table.ts';

/** A profile that a device should have now. */
export type WantedDeployment = {
  readonly profile: Profile;
  /** Whom a user certificate is for; null for devices and trusted certificates. */
  readonly userId: UserId | null;
  /** Null for trusted certificates. */
  readonly result: ExpectationResult | null;
};

export type PlanStep = {
  readonly kind: 'create' | 'change' | 'remove';
  readonly before: Deployment | null;
  readonly after: Deployment;
  /** Challenges made for it no longer serve, for this reason. */
  readonly cancel: 'expectation-changed' | 'removed' | null;
};

export type PlanInput = {
  readonly deviceId: DeviceId;
  readonly known: readonly Deployment[];
  readonly wanted: readonly WantedDeployment[];
  /** ms. */
  readonly now: number;
  readonly newId: () => DeploymentId;
  /** Random: it stands in addresses. */
  readonly newDeliveryRef: () => string;
};

export function plan(input: PlanInput): readonly PlanStep[] {
  const known = new Map(input.known.map((deployment) => [keyOf(deployment), deployment]));
  const roots = new Set<ProfileId>();
  for (const { profile } of input.wanted) if (profile.kind === 'trustedCertificate') roots.add(profile.id);
  const steps: PlanStep[] = [];
  const kept = new Set<DeploymentId>();
  for (const wanted of input.wanted) {
    const goal = goalOf(wanted, roots);
    const before = known.get(keyOf({ profileId: wanted.profile.id, userId: wanted.userId, consumerId: null }));
    if (before === undefined) {
      steps.push({ kind: 'create', before: null, after: create(wanted, goal, input), cancel: null });
      continue;
    }
    kept.add(before.id);
    const step = bring(before, wanted.profile, goal, input.now);
    if (step !== null) steps.push(step);
  }
  for (const before of input.known) {
    if (kept.has(before.id) || !before.wanted) continue;
    steps.push({ kind: 'remove', before, after: unwant(before, input.now), cancel: 'removed' });
  }
  return steps;
}

function keyOf(deployment: Pick<Deployment, 'profileId' | 'userId' | 'consumerId'>): string {
  return `${deployment.profileId} ${deployment.userId ?? ''} ${deployment.consumerId ?? ''}`;
}

/** An expectation, or why there is none; both null for trusted certificates. */
type Goal = { readonly expectation: Expectation | null; readonly problem: DeploymentProblem | null };

function goalOf({ profile, result }: WantedDeployment, roots: ReadonlySet<ProfileId>): Goal {
  if (profile.kind === 'trustedCertificate' || result === null) return { expectation: null, problem: null };
  if (!roots.has(profile.settings.rootCertificate)) return { expectation: null, problem: rootNotAssigned };
  if (result.kind === 'failed') return { expectation: null, problem: result.failure };
  return { expectation: result.expectation, problem: null };
}

/** The seed: "a device must have also received the trusted certificate profile". It resolves by itself once it has. */
const rootNotAssigned: DeploymentProblem = {
  code: 'root-not-assigned',
  detail:
    'The trusted certificate profile that this SCEP profile refers to does not reach this device. Assign both to the same groups.',
  unresolved: [],
};

function create(wanted: WantedDeployment, goal: Goal, input: PlanInput): Deployment {
  return {
    id: input.newId(),
    kind: wanted.profile.kind,
    profileId: wanted.profile.id,
    deviceId: input.deviceId,
    userId: wanted.userId,
    consumerId: null,
    deliveryRef: input.newDeliveryRef(),
    wanted: true,
    state: stateWhenDue('requested', goal),
    problem: goal.problem,
    expectation: goal.expectation,
    revision: 1,
    contentVersion: wanted.profile.contentVersion,
    deliveryVersion: wanted.profile.deliveryVersion,
    generation: 1,
    issuedGeneration: 0,
    currentCertificateId: null,
    createdAt: input.now,
    updatedAt: input.now,
  };
}

/** Null when all is as it should be. */
function bring(before: Deployment, profile: Profile, goal: Goal, now: number): PlanStep | null {
  const changed = !sameExpectation(before.expectation, goal.expectation);
  const edited = before.contentVersion !== profile.contentVersion;
  const again = !before.wanted;
  const redelivered = before.deliveryVersion !== profile.deliveryVersion;
  const problem = problemAfter(before, goal, changed || edited || again || redelivered);
  if (!changed && !edited && !again && !redelivered && sameProblem(before.problem, problem)) return null;
  const generation = generationAfter(before, edited, again);
  const due = generation > before.issuedGeneration;
  // What goes well with the old payload goes on; what failed with it begins again.
  const mended = redelivered && before.problem !== null;
  const restart = changed || edited || again || mended || goal.problem !== null;
  const after: Deployment = {
    ...before,
    wanted: true,
    state: stateAfter(before, goal, { due, restart, again }),
    problem,
    expectation: goal.expectation,
    revision: changed ? before.revision + 1 : before.revision,
    contentVersion: profile.contentVersion,
    deliveryVersion: profile.deliveryVersion,
    generation,
    updatedAt: now,
  };
  return { kind: 'change', before, after, cancel: changed ? 'expectation-changed' : null };
}

/**
 * A problem with an expectation beside it was set by an enrolment or a report, and stays until something changes;
 * one without is ours.
 */
function problemAfter(before: Deployment, goal: Goal, restart: boolean): DeploymentProblem | null {
  if (goal.problem !== null) return goal.problem;
  return restart ? null : before.problem;
}

function sameProblem(a: DeploymentProblem | null, b: DeploymentProblem | null): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * One more when the profile's content was edited, or what the device had is gone; none while one is due already, and none
 * for a change in the directory alone: that takes effect with the next renewal.
 */
function generationAfter(before: Deployment, edited: boolean, again: boolean): number {
  if (before.kind === 'scep' && before.generation > before.issuedGeneration) return before.generation;
  const gone = again && move(before.state, 'kept') === null;
  return edited || gone ? before.generation + 1 : before.generation;
}

function stateAfter(
  before: Deployment,
  goal: Goal,
  { due, restart, again }: { due: boolean; restart: boolean; again: boolean },
): Deployment['state'] {
  if (before.kind === 'trustedCertificate') return restart ? moved(before, 'due') : before.state;
  if (due) return restart ? stateWhenDue(before.state, goal) : before.state;
  return again ? moved(before, 'kept') : before.state;
}

function stateWhenDue(state: Deployment['state'], goal: Goal): Deployment['state'] {
  const failed = goal.problem !== null && goal.problem.code !== rootNotAssigned.code;
  return moved({ state }, failed ? 'expectation-failed' : 'due');
}

function unwant(before: Deployment, now: number): Deployment {
  return { ...before, wanted: false, state: moved(before, 'unwanted'), problem: null, updatedAt: now };
}

/** Where the table has no such move the state says more already (a revoked one stays revoked). */
function moved({ state }: Pick<Deployment, 'state'>, cause: DeploymentCause): Deployment['state'] {
  return move(state, cause) ?? state;
}
