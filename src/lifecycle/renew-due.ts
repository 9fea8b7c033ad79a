/** Finds certificates that must be replaced while their deployment is still wanted, and opens the next generation. */
import type { Deployment } from '../deployments/deployment.ts';
import type { DeploymentStore } from '../deployments/deployment-store.ts';
import { move } from '../deployments/state-table.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { ProfileStore } from '../profiles/profile-store.ts';
import type { RenewalCandidate, RenewalCandidates } from './renewal-candidates.ts';

export type RenewalReason = 'threshold' | 'expired' | 'revoked' | 'missing';

export type RenewDueDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly profiles: Pick<ProfileStore, 'all'>;
  readonly deployments: Pick<DeploymentStore, 'move'>;
  readonly renewals: RenewalCandidates;
};

/**
 * At most `limit` per profile and call, a transaction per profile. Answers how many were opened; as long as that is not 0
 * there may be more. What an enrolment or another node renewed meanwhile is left alone.
 */
export async function renewDue(
  deps: RenewDueDeps,
  input: { readonly limit: number; readonly cause: Cause },
): Promise<number> {
  let opened = 0;
  for (const profile of await deps.profiles.all()) {
    if (profile.kind !== 'scep') continue;
    const remainingPercent = profile.settings.renewalThreshold;
    opened += await deps.transact(async () => {
      const now = deps.clock.now();
      let moved = 0;
      for (const candidate of await deps.renewals.find({ profileId: profile.id, remainingPercent, now }, input.limit)) {
        if (await open(deps, candidate, now, input.cause)) moved++;
      }
      return moved;
    });
  }
  return opened;
}

async function open(deps: RenewDueDeps, candidate: RenewalCandidate, now: number, cause: Cause): Promise<boolean> {
  const { deployment } = candidate;
  const reason = reasonOf(candidate, now);
  const generation = deployment.generation + 1;
  const state = stateFor(deployment.state, reason);
  if (!(await deps.deployments.move(deployment, { generation, state, problem: null, updatedAt: now }))) return false;
  await deps.events.append([
    {
      type: 'deployment.changed',
      cause,
      subjects: [
        { kind: 'deployment', id: deployment.id },
        { kind: 'device', id: deployment.deviceId },
        { kind: 'profile', id: deployment.profileId },
      ],
      data: { reason, generation, state },
    },
  ]);
  return true;
}

function reasonOf({ deployment, certificate }: RenewalCandidate, now: number): RenewalReason {
  if (certificate.revokedAt !== null || deployment.state === 'revoked') return 'revoked';
  if (certificate.notAfter <= now) return 'expired';
  return deployment.state === 'deleted' ? 'missing' : 'threshold';
}

/** A renewal while the old certificate serves; a fresh request where there is nothing to renew. */
function stateFor(state: Deployment['state'], reason: RenewalReason): Deployment['state'] {
  const renewal = reason === 'threshold' ? move(state, 'renewal-due') : null;
  return renewal ?? move(state, 'due') ?? state;
}
