import { type Deployment, type DeploymentId, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { entered, firstPossible } from '../deployments/state-table.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';

export type ReIssueDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly deployments: Pick<DeploymentStore, 'get' | 'move'>;
  readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  readonly pendingRequests: Requests;
};

/** What administrators said to requests. A rejection stands for its generation, so the way back is another one. */
export type Requests = {
  /** The latest for this deployment and revision. */
  latest(
    deploymentId: string,
    revision: number,
  ): Promise<{ readonly state: string; readonly generation: number } | null>;
};

type ReIssue = { readonly deploymentId: DeploymentId; readonly cause: Cause };

export type ReIssued =
  | { readonly kind: 'opened'; readonly deployment: Deployment }
  /** One is due already. */
  | { readonly kind: 'already'; readonly deployment: Deployment }
  | { readonly kind: 'refused'; readonly deployment: Deployment | null; readonly failure: Failure };

/**
 * Opens the next generation: the device fetches a new certificate at its next check-in, and the old one serves until then.
 * Where one is due already nothing changes, unless an administrator has rejected that one. Failures: `deployment-not-found`, `deployment-not-issuable`, `deployment-busy`.
 */
export async function reIssue(deps: ReIssueDeps, input: ReIssue): Promise<Deployment> {
  return deps.transact(async () => {
    const result = await openNextGeneration(deps, input);
    if (result.kind === 'refused') throw result.failure;
    return result.deployment;
  });
}

/** The part that belongs into a transaction, for those that go on when it is refused. */
export async function openNextGeneration(
  deps: Omit<ReIssueDeps, 'transact'>,
  { deploymentId, cause }: ReIssue,
): Promise<ReIssued> {
  const deployment = await deps.deployments.get(deploymentId);
  if (deployment === null)
    return refused(null, 'not-found', 'deployment-not-found', 'There is no such deployment.', deploymentId);
  const why = whyUnissuable(deployment);
  if (why !== null) return refused(deployment, 'conflict', 'deployment-not-issuable', why, deploymentId);
  const latest = await deps.pendingRequests.latest(deployment.id, deployment.revision);
  const rejected = latest?.state === 'rejected' ? latest.generation : 0;
  if (isDue(deployment) && rejected < deployment.generation) return { kind: 'already', deployment };
  const at = deps.clock.now();
  const change = { generation: Math.max(deployment.generation, rejected) + 1, problem: null };
  const entering = firstPossible(deployment.state, 'renewal-due', 'due');
  if (!(await deps.deployments.move(deployment, { ...change, cause: entering, at }))) {
    const busy = 'The device is enrolling just now. Look again, then repeat.';
    return refused(deployment, 'conflict', 'deployment-busy', busy, deploymentId);
  }
  const state = entered(deployment, entering, at);
  // Nothing is left to reconcile, but whoever does wakes the device afterwards.
  await deps.dirtyQueue.mark([deployment.deviceId]);
  await deps.events.append([
    {
      type: 'deployment.changed',
      cause,
      subjects: [
        { kind: 'deployment', id: deployment.id },
        { kind: 'device', id: deployment.deviceId },
        { kind: 'profile', id: deployment.profileId },
      ],
      data: {
        reason: 're-issue',
        generation: change.generation,
        state: state.state,
        before: { generation: deployment.generation, state: deployment.state },
        after: { generation: change.generation, state: state.state },
      },
    },
  ]);
  return { kind: 'opened', deployment: { ...deployment, ...change, ...state, attempts: 0, updatedAt: at } };
}

function refused(
  deployment: Deployment | null,
  kind: 'not-found' | 'conflict',
  code: string,
  detail: string,
  deploymentId: DeploymentId,
): ReIssued {
  return { kind: 'refused', deployment, failure: new Failure(kind, code, detail, { deploymentId }) };
}

function whyUnissuable({ kind, wanted, expectation, problem }: Deployment): string | null {
  if (kind !== 'scep') return 'It is a trusted certificate, which is delivered and not issued.';
  if (!wanted) return 'The device should not have it any more: the profile does not apply to it.';
  if (expectation !== null) return null;
  return `There is no certificate that it could have: ${problem?.detail ?? 'its variables have no values'}`;
}
