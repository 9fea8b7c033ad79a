/** An administrator says yes or no to a request that waits. The device learns it when it asks again. */
import { type DeploymentId, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { PendingRequest, PendingRequestId, PendingRequestStore } from './pending-request.ts';

export type DecideApprovalDeps = {
  readonly clock: Clock;
  readonly transact: Transact;
  readonly events: Pick<EventLog, 'append'>;
  readonly pendingRequests: Pick<PendingRequestStore, 'get' | 'decide'>;
  readonly deployments: Pick<DeploymentStore, 'get' | 'move'>;
};

export type DecideApprovalInput = {
  readonly id: PendingRequestId;
  readonly decision: 'approved' | 'rejected';
  readonly cause: Cause;
};

/** Throws `Failure` `approval-unknown` (not-found) and `approval-decided` (conflict). */
export function decideApproval(deps: DecideApprovalDeps, input: DecideApprovalInput): Promise<PendingRequest> {
  const { id, decision, cause } = input;
  return deps.transact(async () => {
    const now = deps.clock.now();
    const request = await deps.pendingRequests.get(id);
    if (request === null) throw new Failure('not-found', 'approval-unknown', 'There is no such request.', { id });
    if (!(await deps.pendingRequests.decide(id, decision, now, cause.actor.name)))
      throw new Failure('conflict', 'approval-decided', 'This request has been decided already.', { id });
    const deployment = await deps.deployments.get(request.deploymentId as DeploymentId);
    // A renewal that is rejected leaves the device with the certificate it has.
    if (
      deployment !== null &&
      decision === 'rejected' &&
      isDue(deployment) &&
      deployment.generation === request.generation
    )
      await deps.deployments.move(deployment, {
        cause: 'issue-failed',
        problem: {
          code: 'approval-rejected',
          detail: 'An administrator rejected the request. Re-issue the deployment to have the device ask again.',
          unresolved: [],
        },
        at: now,
      });
    await deps.events.append([
      {
        type: 'approval.decided',
        cause,
        subjects: [
          { kind: 'deployment', id: request.deploymentId },
          ...(deployment === null
            ? []
            : ([
                { kind: 'device', id: deployment.deviceId },
                { kind: 'profile', id: deployment.profileId },
              ] as const)),
        ],
        data: { pendingRequest: id, decision, before: { state: request.state }, after: { state: decision } },
      },
    ]);
    return { ...request, state: decision, decidedAt: now, decidedBy: cause.actor.name };
  });
}
