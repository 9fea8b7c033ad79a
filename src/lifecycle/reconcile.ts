/**
 * Brings deployments up to date with directory, profiles and assignments, without any device calling: what those change
 * marks devices on the dirty queue, this drains it. Safe to run at any time and by several at once; where nothing is to
 * be done it writes nothing but the emptied queue.
 */
import { concernedBy, type ProfileWorld, partOf } from '../assignments/profile-world.ts';
import { type CancelReason, cancelChallenges } from '../challenges/cancel-challenges.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { type Deployment, type DeploymentId, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { type PlanStep, plan } from '../deployments/plan.ts';
import type { DeviceId } from '../directory/device.ts';
import type { DirtyMark, DirtyQueue } from '../directory/dirty-queue.ts';
import type { Cause, NewEvent } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { toBase32 } from '../lib/bytes.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import { randomBytes } from '../lib/random.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileId } from '../profiles/profile-id.ts';
import type { DeploymentEnd } from './end-facts.ts';
import { type FindWantedDeps, findWanted, wholeWorld } from './find-wanted.ts';
import { type GateDeps, gateRemovals, noneConfirmed } from './gate-removals.ts';
import type { Removal } from './removal.ts';

export type ReconcileDeps = GateDeps & {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'take' | 'takeOne' | 'done' | 'size'>;
  readonly deployments: Pick<DeploymentStore, 'lockByDevices' | 'save'>;
  readonly challenges: Pick<ChallengeStore, 'cancel'>;
  readonly wanted: FindWantedDeps;
};

export type ReconcileCounts = {
  readonly devices: number;
  readonly created: number;
  readonly changed: number;
  readonly removed: number;
  /** Would lose something, and keep it until that is decided. */
  readonly held: number;
  readonly cancelledChallenges: number;
};

const nothing: ReconcileCounts = { devices: 0, created: 0, changed: 0, removed: 0, held: 0, cancelledChallenges: 0 };

/** One batch of at most `limit` devices, in one transaction. `devices: 0` says that the queue is empty. */
export async function reconcile(
  deps: ReconcileDeps,
  input: { readonly limit: number; readonly cause: Cause },
): Promise<ReconcileCounts> {
  // Whoever is marked is often seen to by their own check-in before this gets its turn.
  if ((await deps.dirtyQueue.take(1)).length === 0) return nothing;
  return deps.transact(async () => reconcileTaken(deps, await deps.dirtyQueue.take(input.limit), input.cause));
}

/** One device, if it is marked: a check-in does not wait for whatever else stands in the queue. */
export async function reconcileDevice(
  deps: ReconcileDeps,
  input: { readonly deviceId: DeviceId; readonly cause: Cause },
): Promise<ReconcileCounts> {
  // Most check-ins find nothing marked, and take no turn of the writer for that.
  if ((await deps.dirtyQueue.takeOne(input.deviceId)) === null) return nothing;
  return deps.transact(() => reconcileDeviceWithin(deps, input));
}

/** The same as part of the caller's transaction. */
export async function reconcileDeviceWithin(
  deps: ReconcileDeps,
  { deviceId, cause }: { readonly deviceId: DeviceId; readonly cause: Cause },
): Promise<ReconcileCounts> {
  const taken = await deps.dirtyQueue.takeOne(deviceId);
  return reconcileTaken(deps, taken === null ? [] : [taken], cause);
}

async function reconcileTaken(
  deps: ReconcileDeps,
  taken: readonly DirtyMark[],
  cause: Cause,
): Promise<ReconcileCounts> {
  if (taken.length === 0) return nothing;
  // In one order, so that two who reconcile never wait for each other in a circle.
  const deviceIds = taken.map(({ deviceId }) => deviceId).sort();
  const whole = wholeWorld(deps.wanted);
  const changed = changedAlone(taken);
  const steps = await (changed === null
    ? planFor(deps, deviceIds, whole)
    : planFor(deps, deviceIds, ...partFor(await whole, changed)));
  const counts = await carryOut(deps, steps, { cause, confirmed: noneConfirmed });
  await deps.dirtyQueue.done(taken);
  return { ...counts, devices: taken.length };
}

/**
 * Removals that were held and may go: answers which of them went. Those whose ground is back stay, and are as they should be
 * afterwards. Joins the transaction.
 */
export async function reconcileConfirmed(
  deps: ReconcileDeps,
  input: { readonly removals: readonly Pick<Removal, 'id' | 'deviceId'>[]; readonly cause: Cause },
): Promise<ReadonlySet<DeploymentId>> {
  const { removals, cause } = input;
  const deviceIds = [...new Set(removals.map(({ deviceId }) => deviceId))].sort();
  const steps = await planFor(deps, deviceIds, wholeWorld(deps.wanted));
  const confirmed = new Set(removals.map(({ id }) => id));
  await carryOut(deps, steps, { cause, confirmed });
  return new Set(steps.flatMap(({ kind, after: { id } }) => (kind === 'remove' && confirmed.has(id) ? [id] : [])));
}

async function carryOut(
  deps: ReconcileDeps,
  planned: readonly PlanStep[],
  { cause, confirmed }: { readonly cause: Cause; readonly confirmed: ReadonlySet<DeploymentId> },
): Promise<Omit<ReconcileCounts, 'devices'>> {
  if (planned.length === 0) return nothing;
  const { steps, held, ends } = await gateRemovals(deps, { steps: planned, now: deps.clock.now(), confirmed });
  if (steps.length + held.length > 0) await deps.deployments.save([...steps.map(({ after }) => after), ...held]);
  const cancelledChallenges = await cancelOutdated(deps, steps, cause);
  if (steps.length > 0) await deps.events.append(steps.map((step) => eventOf(step, ends.get(step.after.id), cause)));
  const count = (kind: PlanStep['kind']) => steps.filter((step) => step.kind === kind).length;
  return {
    created: count('create'),
    changed: count('change'),
    removed: count('remove'),
    held: held.length,
    cancelledChallenges,
  };
}

/** The profiles that devices were marked for, when each was marked for one. */
function changedAlone(taken: readonly DirtyMark[]): ReadonlySet<ProfileId> | null {
  const changed = new Set<ProfileId>();
  for (const { profileId } of taken) {
    if (profileId === null) return null;
    changed.add(profileId);
  }
  return changed;
}

/**
 * What has to be looked at for such marks: no more than those profiles and what decides about them, and whose deployments may
 * have to change. What is looked at beyond a device's own mark finds nothing to do.
 */
function partFor(
  whole: ProfileWorld,
  changed: ReadonlySet<ProfileId>,
): readonly [world: ProfileWorld, profileIds: readonly ProfileId[]] {
  const concerned = concernedBy(changed, [whole]);
  const world = partOf(whole, concerned);
  // One that was deleted is in no world, and its deployments are there.
  return [world, [...new Set([...concerned, ...world.profiles.map(({ id }) => id)])]];
}

/** Asked for together: PostgreSQL works off one after the other, and is waited for once. */
async function planFor(
  deps: ReconcileDeps,
  deviceIds: readonly DeviceId[],
  world: ProfileWorld | Promise<ProfileWorld>,
  profileIds?: readonly ProfileId[],
): Promise<readonly PlanStep[]> {
  const [deployments, wanted] = await Promise.all([
    deps.deployments.lockByDevices(deviceIds, profileIds),
    findWanted(deps.wanted, deviceIds, world),
  ]);
  const known = Map.groupBy(deployments, (deployment) => deployment.deviceId);
  const now = deps.clock.now();
  return deviceIds.flatMap((deviceId) =>
    plan({
      deviceId,
      known: known.get(deviceId) ?? [],
      wanted: wanted.get(deviceId) ?? [],
      now,
      newId: () => newId<DeploymentId>(deps.clock),
      newDeliveryRef,
    }),
  );
}

/** 16 characters, 80 random bits; lower case, because it stands in addresses. */
function newDeliveryRef(): string {
  return toBase32(randomBytes(10)).toLowerCase();
}

async function cancelOutdated(deps: ReconcileDeps, steps: readonly PlanStep[], cause: Cause): Promise<number> {
  let cancelled = 0;
  for (const reason of ['expectation-changed', 'removed'] satisfies CancelReason[]) {
    // Only what was due can have live challenges: an issuance ends the others.
    const outdated = steps.filter(({ before, cancel }) => cancel === reason && before !== null && isDue(before));
    const deploymentIds = outdated.map(({ after }) => after.id);
    cancelled += await cancelChallenges(deps, { deploymentIds, reason, cause });
  }
  return cancelled;
}

function eventOf({ kind, before, after }: PlanStep, end: DeploymentEnd | undefined, cause: Cause): NewEvent {
  const { problem } = after;
  const failed = problem !== null && problem.code !== before?.problem?.code;
  return {
    type: kind === 'remove' ? 'deployment.removed' : failed ? 'deployment.failed' : typeOf[kind],
    cause,
    subjects: [
      { kind: 'deployment', id: after.id },
      { kind: 'device', id: after.deviceId },
      { kind: 'profile', id: after.profileId },
    ],
    data: { ...briefly('before', before), ...briefly('after', after), problem, ...end },
  };
}

const typeOf = { create: 'deployment.created', change: 'deployment.changed' } as const;

function briefly(name: 'before' | 'after', deployment: Deployment | null): Record<string, unknown> {
  if (deployment === null) return {};
  const { wanted, state, revision, generation, contentVersion, deliveryVersion, expectation } = deployment;
  return {
    [name]: {
      wanted,
      state,
      revision,
      generation,
      contentVersion,
      deliveryVersion,
      subject: expectation?.subjectText ?? null,
    },
  };
}
