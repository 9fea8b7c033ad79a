import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, hour } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import type { HeldChange, HeldChangeId, HeldChangeStore, SecondApprovalStore } from './held-change.ts';

/** Keeps a change until another administrator decides. The same, asked for again by the same, is the same. */
export async function holdChange(
  deps: {
    readonly transact: Transact;
    readonly clock: Clock;
    readonly heldChanges: Pick<HeldChangeStore, 'newest' | 'insert'>;
    readonly secondApproval: Pick<SecondApprovalStore, 'get'>;
    readonly events: Pick<EventLog, 'append'>;
  },
  input: Pick<HeldChange, 'operation' | 'asker' | 'request' | 'deployments' | 'fingerprint'> & {
    readonly cause: Cause;
  },
): Promise<HeldChange> {
  const { cause, ...change } = input;
  return deps.transact(async () => {
    const now = deps.clock.now();
    const same = JSON.stringify([change.asker.person, change.request, change.fingerprint]);
    const known = (await deps.heldChanges.newest(mostWaiting)).find(
      ({ state, expiresAt, asker, request, fingerprint }) =>
        state === 'waiting' && expiresAt > now && JSON.stringify([asker.person, request, fingerprint]) === same,
    );
    if (known !== undefined) return known;
    const { hours } = await deps.secondApproval.get();
    const held: HeldChange = {
      ...change,
      id: newId<HeldChangeId>(deps.clock),
      state: 'waiting',
      decidedBy: null,
      decidedAt: null,
      outcome: null,
      createdAt: now,
      expiresAt: now + hours * hour,
    };
    await deps.heldChanges.insert(held);
    const { operation, deployments } = held;
    const subjects = [{ kind: 'heldChange', id: held.id, name: operation }] as const;
    await deps.events.append([
      { type: 'access.change-held', cause, subjects, data: { operation, deployments, asker: held.asker.name } },
    ]);
    return held;
  });
}

/** That are looked through, and listed. */
export const mostWaiting = 200;
