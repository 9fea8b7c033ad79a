/**
 * What must change so that a device's deployments are what its assignments want: known against wanted, in pure data.
 * Running it on its own outcome changes nothing.
 */
import type { DeviceId } from '../directory/device.ts';
import type { UserId } from '../directory/user.ts';
import { type ExpectationResult, sameExpectation } from '../profiles/expectation.ts';
import type { Profile } from '../profiles/profile.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { Deployment, DeploymentCause, DeploymentId, DeploymentProblem } from './deployment.ts';
import { type Content, contentAfter, type Goal } from './drift.ts';
import { dueCause, rootNotAssigned } from './due-cause.ts';
import { renewalTime } from './renewal-time.ts';
import { entered, move } from './state-table.ts';

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

function goalOf({ profile, result }: WantedDeployment, roots: ReadonlySet<ProfileId>): Goal {
  if (profile.kind === 'trustedCertificate' || result === null) return { expectation: null, problem: null };
  if (!roots.has(profile.settings.rootCertificate)) return { expectation: null, problem: rootNotAssigned };
  if (result.kind === 'failed') return { expectation: null, problem: result.failure };
  return { expectation: result.expectation, problem: null };
}

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
    removal: null,
    ...entered({ state: 'requested', stateSince: input.now, stateCause: 'due' }, dueCause(goal.problem), input.now),
    problem: goal.problem,
    expectation: goal.expectation,
    issuedExpectation: null,
    withheld: null,
    driftedAt: null,
    revision: 1,
    contentVersion: wanted.profile.contentVersion,
    deliveryVersion: wanted.profile.deliveryVersion,
    generation: 1,
    issuedGeneration: 0,
    editedGeneration: null,
    currentCertificateId: null,
    certificateNotBefore: null,
    certificateNotAfter: null,
    renewAt: null,
    attempts: 0,
    createdAt: input.now,
    updatedAt: input.now,
  };
}

/** Null when all is as it should be. */
function bring(before: Deployment, profile: Profile, goal: Goal, now: number): PlanStep | null {
  const content = contentAfter(before, profile, goal, now);
  const changed = !sameExpectation(before.expectation, content.expectation);
  const edited = before.contentVersion !== profile.contentVersion;
  const again = !before.wanted;
  const held = before.removal !== null;
  const redelivered = before.deliveryVersion !== profile.deliveryVersion;
  const generation = generationAfter(before, edited || content.reissue, again);
  const problem = problemAfter(before, content, changed || edited || again || redelivered);
  const renewAt = renewAtAfter(before, profile, now);
  const begun = generation !== before.generation;
  const same = !changed && !edited && !again && !held && !redelivered && !begun && renewAt === before.renewAt;
  if (same && sameDrift(before, content) && sameProblem(before.problem, problem)) return null;
  const due = generation > before.issuedGeneration;
  // What goes well with the old payload goes on; what failed with it begins again.
  const mended = redelivered && before.problem !== null;
  const afresh = changed || edited || again || mended || begun;
  const after: Deployment = {
    ...before,
    wanted: true,
    removal: null,
    ...entered(before, causeAfter(before, content, { due, restart: afresh || content.problem !== null, again }), now),
    problem,
    expectation: content.expectation,
    issuedExpectation: content.issuedExpectation,
    withheld: content.withheld,
    driftedAt: content.driftedAt,
    revision: changed ? before.revision + 1 : before.revision,
    contentVersion: profile.contentVersion,
    deliveryVersion: profile.deliveryVersion,
    generation,
    editedGeneration: edited && before.currentCertificateId !== null ? generation : before.editedGeneration,
    renewAt,
    attempts: afresh ? 0 : before.attempts,
    updatedAt: now,
  };
  return { kind: 'change', before, after, cancel: changed ? 'expectation-changed' : null };
}

function sameDrift(before: Deployment, content: Content): boolean {
  return (
    before.driftedAt === content.driftedAt &&
    sameExpectation(before.issuedExpectation, content.issuedExpectation) &&
    sameResult(before.withheld, content.withheld)
  );
}

function sameResult(a: ExpectationResult | null, b: ExpectationResult | null): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** By the threshold as it is now. What is due already stays so: it may have been revoked. */
function renewAtAfter(before: Deployment, profile: Profile, now: number): number | null {
  const { certificateNotBefore: notBefore, certificateNotAfter: notAfter, renewAt } = before;
  if (profile.kind !== 'scep' || notBefore === null || notAfter === null) return null;
  if (renewAt !== null && renewAt <= now) return renewAt;
  const { id: deploymentId, issuedGeneration: generation } = before;
  return renewalTime({ notBefore, notAfter }, profile.settings, { deploymentId, generation }).at;
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
 * One more when the profile's content was edited, the directory changed and the profile does not wait (`drift.ts`), or what
 * the device had is gone; none while one is due already.
 */
function generationAfter(before: Deployment, replaced: boolean, again: boolean): number {
  if (before.kind === 'scep' && before.generation > before.issuedGeneration) return before.generation;
  const gone = again && move(before.state, 'kept') === null;
  return replaced || gone ? before.generation + 1 : before.generation;
}

/** Null: its state stays. */
function causeAfter(
  before: Deployment,
  goal: Goal,
  { due, restart, again }: { due: boolean; restart: boolean; again: boolean },
): DeploymentCause | null {
  if (before.kind === 'trustedCertificate') return restart ? 'due' : null;
  if (due) return restart ? dueCause(goal.problem) : null;
  return again ? 'kept' : null;
}

function unwant(before: Deployment, now: number): Deployment {
  const state = entered(before, 'unwanted', now);
  return { ...before, wanted: false, ...state, problem: null, driftedAt: null, updatedAt: now };
}
