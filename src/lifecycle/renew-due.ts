/** Finds certificates that must be replaced while their deployment is still wanted, and opens the next generation. */
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { nextGeneration } from '../deployments/next-generation.ts';
import { entered } from '../deployments/state-table.ts';
import type { Cause, NewEvent } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { RenewalCandidate, RenewalCandidates } from './renewal-candidates.ts';

export type RenewalReason = 'threshold' | 'expired' | 'revoked';

export type RenewDueDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly deployments: Pick<DeploymentStore, 'move'>;
  readonly renewals: RenewalCandidates;
};

/**
 * One batch of at most `limit`, in one transaction. Answers how many were opened; as long as that is not 0 there may be
 * more. What an enrolment or another node renewed meanwhile is left alone.
 */
export async function renewDue(
  deps: RenewDueDeps,
  input: { readonly limit: number; readonly cause: Cause },
): Promise<number> {
  // Mostly nothing is due, and that takes no turn of the writer.
  if ((await deps.renewals.find(deps.clock.now(), 1)).length === 0) return 0;
  return deps.transact(async () => {
    const now = deps.clock.now();
    const events: NewEvent[] = [];
    for (const candidate of await deps.renewals.find(now, input.limit)) {
      const event = await open(deps, candidate, now, input.cause);
      if (event !== null) events.push(event);
    }
    await deps.events.append(events);
    return events.length;
  });
}

/** What tells of it; null when somebody else was faster. */
async function open(
  deps: Pick<RenewDueDeps, 'deployments'>,
  candidate: RenewalCandidate,
  now: number,
  by: Cause,
): Promise<NewEvent | null> {
  const { deployment } = candidate;
  const reason = reasonOf(candidate, now);
  const next = nextGeneration(deployment, { renewal: reason === 'threshold', fillable: candidate.fillable });
  if (!(await deps.deployments.move(deployment, { ...next, at: now }))) return null;
  const { state } = entered(deployment, next.cause, now);
  return {
    type: 'deployment.changed',
    cause: by,
    subjects: [
      { kind: 'deployment', id: deployment.id },
      { kind: 'device', id: deployment.deviceId },
      { kind: 'profile', id: deployment.profileId },
    ],
    data: { reason, generation: next.generation, state, dueSince: deployment.renewAt },
  };
}

function reasonOf({ deployment, certificate }: RenewalCandidate, now: number): RenewalReason {
  if (certificate.revokedAt !== null) return 'revoked';
  return (deployment.certificateNotAfter ?? now) <= now ? 'expired' : 'threshold';
}
