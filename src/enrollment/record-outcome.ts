/** Writes down a call that no other transaction has recorded: refusals, with the true reason, and answers given again. */
import type { Deployment } from '../deployments/deployment.ts';
import { isDue } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import type { Subject } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScepTransactionLog } from '../events/scep-transaction.ts';
import type { Transact } from '../lib/transact.ts';
import type { Refusal } from './refusal.ts';
import { type Conclusion, causeOf, type ScepCall, transactionRow } from './scep-call.ts';

export type RecordOutcomeDeps = {
  readonly transact: Transact;
  readonly events: Pick<EventLog, 'append'>;
  readonly transactions: Pick<ScepTransactionLog, 'append'>;
  readonly deployments: Pick<DeploymentStore, 'move'>;
};

export async function recordOutcome(deps: RecordOutcomeDeps, call: ScepCall, conclusion: Conclusion): Promise<void> {
  switch (conclusion.kind) {
    case 'success': {
      if (conclusion.recorded) return;
      const { deploymentId, certificateId } = conclusion;
      const row = transactionRow(call, { outcome: 'success', reason: null, deploymentId, certificateId, detail: {} });
      return deps.transact(() => deps.transactions.append(row));
    }
    case 'pending': {
      if (conclusion.recorded) return;
      const { deploymentId } = conclusion;
      const row = transactionRow(call, {
        outcome: 'pending',
        reason: null,
        deploymentId,
        certificateId: null,
        detail: {},
      });
      return deps.transact(() => deps.transactions.append(row));
    }
    case 'refused':
      return recordRefusal(deps, call, conclusion);
  }
}

async function recordRefusal(
  deps: RecordOutcomeDeps,
  call: ScepCall,
  { refusal, deployment, entitled }: Extract<Conclusion, { kind: 'refused' }>,
): Promise<void> {
  const { reason, field, detail } = refusal;
  await deps.transact(async () => {
    await deps.transactions.append(
      transactionRow(call, {
        outcome: 'failure',
        reason,
        deploymentId: deployment?.id ?? null,
        certificateId: null,
        detail: field === null ? detail : { field, ...detail },
      }),
    );
    await deps.events.append([
      {
        type: 'enrollment.refused',
        cause: causeOf(call, deployment),
        subjects: subjectsOf(call, deployment),
        data: { reason, field, transactionID: call.transactionID, ...detail },
      },
    ]);
    // A stranger's message changes nothing about a deployment; nor does one about a certificate that is there already.
    if (deployment !== null && entitled && isDue(deployment))
      await deps.deployments.move(deployment, {
        cause: isAuthoritys(refusal) ? 'issue-failed' : 'validation-failed',
        problem: { code: reason, detail: explain(refusal), unresolved: [] },
        at: call.now,
      });
  });
}

function subjectsOf(call: ScepCall, deployment: Deployment | null): readonly Subject[] {
  const profile: Subject = { kind: 'profile', id: call.profile.id };
  if (deployment === null) return [profile];
  return [{ kind: 'device', id: deployment.deviceId }, { kind: 'deployment', id: deployment.id }, profile];
}

function isAuthoritys({ reason }: Refusal): boolean {
  return reason === 'certificate-not-issuable' || reason === 'serial-taken' || reason === 'clock-behind';
}

function explain({ reason, field, detail }: Refusal): string {
  if (field !== null)
    return `The request differs from what was expected in ${field}; its SCEP transaction has both values.`;
  if (reason === 'challenge-expired') return 'The challenge had expired. The next check-in makes a new one.';
  if (reason === 'certificate-not-issuable') return `The authority would not sign: ${String(detail.detail)}`;
  return `The request was refused: ${reason}.`;
}
