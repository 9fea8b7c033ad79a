/** Writes down that a request waits for an administrator, and binds its challenge to the key that asked. */
import type { ChallengeId } from '../challenges/challenge.ts';
import type { ChallengeStore } from '../challenges/challenge-store.ts';
import { type Deployment, isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScepTransactionLog } from '../events/scep-transaction.ts';
import { withoutChallenge } from '../formats/pkcs10/without-challenge.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { approvalStanding } from './approval.ts';
import type { Proof } from './issuance-ledger.ts';
import type { PendingRequest, PendingRequestStore } from './pending-request.ts';
import { refusal } from './refusal.ts';
import { type Conclusion, causeOf, refused, type ScepCall, transactionRow } from './scep-call.ts';

export type AwaitApprovalDeps = {
  readonly clock: Clock;
  readonly transact: Transact;
  readonly events: Pick<EventLog, 'append'>;
  readonly pendingRequests: Pick<PendingRequestStore, 'save' | 'latest'>;
  readonly challenges: Pick<ChallengeStore, 'bind'>;
  readonly deployments: Pick<DeploymentStore, 'move' | 'lockByDevices'>;
  readonly transactions: Pick<ScepTransactionLog, 'append'>;
};

export type AwaitApprovalInput = {
  readonly call: ScepCall;
  readonly deployment: Deployment;
  readonly generation: number;
  readonly proof: Proof;
  /** SHA-256 of the requested SubjectPublicKeyInfo, hex. */
  readonly keyHash: string;
  readonly certificationRequest: Uint8Array;
  /** The request that waits already, by this device and for the same thing: it moves on to the new key. */
  readonly waiting: PendingRequest | null;
};

/** `moved-on`: since it was looked at, another request has begun to wait, or the one that did was decided: to be read again. */
export async function awaitApproval(
  deps: AwaitApprovalDeps,
  input: AwaitApprovalInput,
): Promise<Conclusion | 'moved-on'> {
  const { call, deployment, waiting } = input;
  return deps.transact(async () => {
    const { proof } = input;
    // Two first requests may come at once, on two nodes: the second finds the row of the first.
    await deps.deployments.lockByDevices([deployment.deviceId]);
    const latest = await deps.pendingRequests.latest(deployment.id, deployment.revision);
    const standing = approvalStanding(latest, deployment, input.generation);
    if ((standing.kind === 'waiting' ? standing.request.id : null) !== (waiting?.id ?? null)) return 'moved-on';
    if (proof.kind === 'challenge' && !(await deps.challenges.bind(proof.challengeId as ChallengeId, input.keyHash)))
      return refused(refusal('challenge-bound-to-another-key'), deployment);
    const request = requestOf(deps.clock, input);
    if (!(await deps.pendingRequests.save(request))) return 'moved-on';
    if (waiting === null) {
      // While a renewal waits, the device has the certificate that it has.
      if (isDue(deployment))
        await deps.deployments.move(deployment, { cause: 'approval-awaited', problem: null, at: call.now });
      await deps.events.append([
        {
          type: 'approval.requested',
          cause: causeOf(call, deployment),
          subjects: [
            { kind: 'device', id: deployment.deviceId },
            { kind: 'deployment', id: deployment.id },
            { kind: 'profile', id: deployment.profileId },
          ],
          data: { pendingRequest: request.id, generation: input.generation },
        },
      ]);
    }
    await deps.transactions.append(
      transactionRow(call, {
        outcome: 'pending',
        reason: null,
        deploymentId: deployment.id,
        certificateId: null,
        detail: {},
      }),
    );
    return { kind: 'pending', deploymentId: deployment.id, recorded: true };
  });
}

function requestOf(clock: Clock, input: AwaitApprovalInput): PendingRequest {
  const { call, deployment, proof, waiting } = input;
  return {
    id: waiting?.id ?? newId(clock),
    deploymentId: deployment.id,
    revision: deployment.revision,
    generation: input.generation,
    transactionID: call.transactionID ?? '',
    keyHash: input.keyHash,
    // The challenge in it is a secret, and stands in its own row as a hash.
    certificationRequest: withoutChallenge(input.certificationRequest),
    proof: { kind: proof.kind, id: proof.kind === 'challenge' ? proof.challengeId : proof.certificateId },
    state: 'waiting',
    createdAt: waiting?.createdAt ?? call.now,
    decidedAt: null,
    decidedBy: null,
  };
}
