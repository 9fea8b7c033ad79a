/**
 * What of a plan takes something from devices goes through here: at once, or, where many lose something, held until it is
 * known how many (`decide-removals.ts`) and somebody has confirmed it. The decision is made with the first of them, before
 * anything was taken: whoever still stands in the queue might lose something too.
 */
import type { Deployment, DeploymentId } from '../deployments/deployment.ts';
import type { PlanStep } from '../deployments/plan.ts';
import type { DeviceId } from '../directory/device.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import { day } from '../lib/clock.ts';
import type { RemovalOccasion } from '../profiles/removal-rule.ts';
import { type DeploymentEnd, type EndDeps, endsOf } from './end-facts.ts';
import { areMany, type ManyRemovalsDeps } from './many-removals.ts';
import { windowOf } from './mass-removal.ts';
import type { Removal, RemovalCaseId } from './removal.ts';
import type { RemovalCaseStore } from './removal-case-store.ts';
import type { RemovalStore } from './removal-store.ts';

export type GateDeps = EndDeps & {
  readonly removals: Pick<RemovalStore, 'save' | 'end' | 'countSince' | 'ofDevices'>;
  readonly removalCases: Pick<RemovalCaseStore, 'waiting' | 'join'>;
  readonly massRemoval: ManyRemovalsDeps['massRemoval'];
  readonly deviceWalk: ManyRemovalsDeps['deviceWalk'];
  readonly dirtyQueue: Pick<DirtyQueue, 'size'>;
};

export type Gated = {
  /** Without what is held; what is removed stays on the device where its rule says so. */
  readonly steps: readonly PlanStep[];
  /** As they are to be stored. */
  readonly held: readonly Deployment[];
  readonly ends: ReadonlyMap<DeploymentId, DeploymentEnd>;
};

export const noneConfirmed: ReadonlySet<DeploymentId> = new Set();

/** Joins the transaction of the plan. `confirmed`: those that somebody let go, or that turned out to be few. */
export async function gateRemovals(
  deps: GateDeps,
  input: { readonly steps: readonly PlanStep[]; readonly now: number; readonly confirmed: ReadonlySet<DeploymentId> },
): Promise<Gated> {
  const { now, confirmed } = input;
  const back = input.steps.filter(({ before, after }) => before !== null && isBack(before, after));
  await deps.removals.end(back.map(({ after }) => after.id));
  const steps = await withoutWaiting(deps, input);
  const leaving = steps.filter(({ kind }) => kind === 'remove').map(({ after }) => after);
  if (leaving.length === 0) return { steps, held: [], ends: new Map() };
  const facts = await endsOf(deps, leaving, now);
  const ends = new Map(leaving.map(({ id }, at) => [id, facts[at] as DeploymentEnd]));
  const holdFor = await judge(deps, leaving, ends, input);
  const held: Deployment[] = [];
  const removals: Removal[] = [];
  const counted = new Set<DeviceId>();
  const going: PlanStep[] = [];
  for (const step of steps) {
    const { before, after } = step;
    const end = ends.get(after.id);
    if (end === undefined || before === null) {
      going.push(step);
      continue;
    }
    const hold = holdFor(after);
    const counts =
      (hold === null || hold === 'undecided') &&
      !confirmed.has(after.id) &&
      !namesDevice(end) &&
      !counted.has(after.deviceId);
    if (counts) counted.add(after.deviceId);
    if (hold === null) {
      going.push({ ...step, after: { ...after, removal: end.rule.removeFromDevice ? null : 'left' } });
      removals.push(removalOf(after, end, { now, counts, state: 'removed', caseId: null }));
    } else {
      const caseId = hold === 'undecided' ? null : hold.caseId;
      held.push({ ...before, removal: 'held', updatedAt: now });
      removals.push(removalOf(after, end, { now, counts, state: caseId === null ? 'undecided' : 'waiting', caseId }));
    }
  }
  await deps.removals.save(removals);
  return { steps: going, held, ends };
}

/** These end a deployment whatever was decided about a group or an assignment: who left has left. */
const endsAnyway: readonly RemovalOccasion[] = ['userDeleted', 'userChanged', 'profileDeleted'];

/** Held already, and nobody has decided yet: nothing new, unless it has come to such a ground meanwhile, and is judged by that. */
async function withoutWaiting(
  deps: GateDeps,
  {
    steps,
    now,
    confirmed,
  }: { readonly steps: readonly PlanStep[]; readonly now: number; readonly confirmed: ReadonlySet<DeploymentId> },
): Promise<readonly PlanStep[]> {
  const held = steps.flatMap(({ kind, before, after }) =>
    kind === 'remove' && before !== null && !isFree(before, confirmed) ? [after] : [],
  );
  if (held.length === 0) return steps;
  const ends = await endsOf(deps, held, now);
  const removals = await deps.removals.ofDevices([...new Set(held.map(({ deviceId }) => deviceId))]);
  const known = new Map(removals.map(({ id, occasion }) => [id, occasion]));
  const waiting = new Set<DeploymentId>();
  for (const [at, { id }] of held.entries()) {
    const occasion = ends[at]?.occasion;
    if (occasion === undefined || !endsAnyway.includes(occasion) || known.get(id) === occasion) waiting.add(id);
  }
  return steps.filter(({ after }) => !waiting.has(after.id));
}

function isBack(before: Deployment, after: Deployment): boolean {
  return after.wanted && (!before.wanted || before.removal !== null);
}

function isFree({ id, removal }: Deployment, confirmed: ReadonlySet<DeploymentId>): boolean {
  return removal !== 'held' || confirmed.has(id);
}

/** Whoever retires or deletes a device means that one. */
function namesDevice({ occasion }: DeploymentEnd): boolean {
  return ['unenrolled', 'retired', 'wiped', 'deviceDeleted'].includes(occasion);
}

type Hold = 'undecided' | { readonly caseId: RemovalCaseId };

/** Whether each is held: with those that went shortly before for the same reason, or because there may be many. */
async function judge(
  deps: GateDeps,
  leaving: readonly Deployment[],
  ends: ReadonlyMap<DeploymentId, DeploymentEnd>,
  { now, confirmed }: { readonly now: number; readonly confirmed: ReadonlySet<DeploymentId> },
): Promise<(deployment: Deployment) => Hold | null> {
  const kinds = new Map<DeploymentId, string>();
  for (const { id, profileId } of leaving) {
    const end = ends.get(id);
    if (!confirmed.has(id) && end !== undefined && !namesDevice(end)) kinds.set(id, keyOf(profileId, end));
  }
  if (kinds.size === 0) return () => null;
  const cases = await gathering(deps, new Set(kinds.values()), now);
  const many = await areMany(deps, { now, more: (most) => deps.dirtyQueue.size(most) });
  return ({ id }) => {
    const kind = kinds.get(id);
    if (kind === undefined) return null;
    const caseId = cases.get(kind);
    if (caseId !== undefined) return { caseId };
    return many ? 'undecided' : null;
  };
}

/** By kind, the latest case that waits and that others came to a short while ago: what follows now is of the same cause. */
async function gathering(
  deps: Pick<GateDeps, 'removalCases' | 'massRemoval'>,
  kinds: ReadonlySet<string>,
  now: number,
): Promise<ReadonlyMap<string, RemovalCaseId>> {
  const waiting = await deps.removalCases.waiting();
  if (waiting.length === 0) return new Map();
  const since = now - windowOf(await deps.massRemoval.get());
  const cases = new Map<string, RemovalCaseId>();
  for (const { id, profileId, occasion, joinedAt } of waiting) {
    const kind = keyOf(profileId, { occasion });
    if (joinedAt > since && kinds.has(kind)) cases.set(kind, id);
  }
  // In one order, so that two who join never wait for each other in a circle.
  for (const [kind, id] of [...cases].sort(([, a], [, b]) => (a < b ? -1 : 1)))
    if (!(await deps.removalCases.join(id, now))) cases.delete(kind);
  return cases;
}

function keyOf(profileId: Deployment['profileId'], { occasion }: Pick<DeploymentEnd, 'occasion'>): string {
  return `${profileId} ${occasion}`;
}

function removalOf(
  { id, deviceId, profileId, issuedGeneration }: Deployment,
  { occasion, rule }: DeploymentEnd,
  { now, counts, state, caseId }: { readonly now: number } & Pick<Removal, 'counts' | 'state' | 'caseId'>,
): Removal {
  // What was never issued has nothing to revoke.
  const revokes = state === 'removed' && rule.revoke && issuedGeneration > 0;
  const revokeAt = revokes ? now + rule.afterDays * day : null;
  return { id, deviceId, profileId, occasion, state, caseId, rule, at: now, counts, revokeAt };
}
