import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ChallengeStore } from './challenge-store.ts';

/** Why challenges end without having been used; stable. */
export type CancelReason = 'expectation-changed' | 'removed' | 'retired' | 'device-deleted' | 'revoked' | 'operator';

/** Ends the live challenges of the deployments, in the caller's transaction. Answers how many there were. */
export async function cancelChallenges(
  deps: { readonly challenges: Pick<ChallengeStore, 'cancel'>; readonly events: Pick<EventLog, 'append'> },
  input: { readonly deploymentIds: readonly string[]; readonly reason: CancelReason; readonly cause: Cause },
): Promise<number> {
  if (input.deploymentIds.length === 0) return 0;
  const cancelled = await deps.challenges.cancel(input.deploymentIds, input.reason);
  if (cancelled.size === 0) return 0;
  await deps.events.append(
    [...cancelled].map(([id, count]) => ({
      type: 'challenge.cancelled',
      cause: input.cause,
      subjects: [{ kind: 'deployment', id }],
      data: { reason: input.reason, cancelled: count },
    })),
  );
  return [...cancelled.values()].reduce((sum, count) => sum + count, 0);
}
