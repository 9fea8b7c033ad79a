import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, minute } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { HeldChange, HeldChangeId, HeldChangeState, HeldChangeStore } from './held-change.ts';
import type { Principal } from './principal.ts';

type Deps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly heldChanges: Pick<HeldChangeStore, 'get' | 'move'>;
  readonly events: Pick<EventLog, 'append'>;
};

export type HeldDecision = 'approved' | 'rejected' | 'withdrawn';

/** After it the server that carried a change out has gone down over it. */
const patience = 5 * minute;

/**
 * Approves a change, which whoever calls carries out then, rejects it, or withdraws it. Failures: `held-change-not-found`,
 * `held-change-over` (decided, expired), `own-change` (approved or rejected by whoever asked, or by a token of theirs),
 * `not-own-change` (withdrawn by somebody else).
 */
export async function decideHeldChange(
  { transact, clock, heldChanges, events }: Deps,
  input: {
    readonly id: HeldChangeId;
    readonly decision: HeldDecision;
    readonly by: Pick<Principal, 'kind' | 'id' | 'name'>;
    /** Who is behind it. */
    readonly person: string;
    readonly cause: Cause;
  },
): Promise<HeldChange> {
  const { decision, by, person, cause } = input;
  return transact(async () => {
    const known = await expectHeldChange(heldChanges, input.id);
    const now = clock.now();
    const own = known.asker.person === person;
    if (own && decision !== 'withdrawn')
      throw new Failure(
        'forbidden',
        'own-change',
        'You asked for this yourself, or a token of yours did: another administrator decides.',
      );
    if (!own && decision === 'withdrawn')
      throw new Failure('forbidden', 'not-own-change', 'Only who asked for it withdraws it. You can reject it.');
    const interrupted = known.state === 'approved' && now - (known.decidedAt ?? now) > patience;
    if (!interrupted && (known.state !== 'waiting' || known.expiresAt <= now)) throw over(known, now);
    const { kind, id, name } = by;
    const decided: HeldChange = { ...known, state: decision, decidedBy: { kind, id, name }, decidedAt: now };
    if (!(await heldChanges.move(decided, known.state))) throw over(known, now);
    const { operation, deployments, asker } = known;
    await events.append([
      {
        type: `access.change-${decision}`,
        cause,
        subjects: [{ kind: 'heldChange', id: known.id, name: operation }],
        data: { operation, deployments, asker: asker.name },
      },
    ]);
    return decided;
  });
}

/** What came of it. */
export async function concludeHeldChange(
  { transact, heldChanges, events }: Omit<Deps, 'clock'>,
  input: {
    readonly change: HeldChange;
    readonly state: Extract<HeldChangeState, 'done' | 'failed' | 'stale'>;
    readonly outcome: NonNullable<HeldChange['outcome']>;
    readonly cause: Cause;
  },
): Promise<HeldChange> {
  const { change, state, outcome, cause } = input;
  return transact(async () => {
    const concluded = { ...change, state, outcome };
    if (!(await heldChanges.move(concluded, 'approved'))) return expectHeldChange(heldChanges, change.id);
    const { operation, asker, decidedBy } = change;
    await events.append([
      {
        type: 'access.change-carried-out',
        cause,
        subjects: [{ kind: 'heldChange', id: change.id, name: operation }],
        data: { operation, state, asker: asker.name, approver: decidedBy?.name ?? null, code: outcome.code },
      },
    ]);
    return concluded;
  });
}

export async function expectHeldChange(
  heldChanges: Pick<HeldChangeStore, 'get'>,
  id: HeldChangeId,
): Promise<HeldChange> {
  const known = await heldChanges.get(id);
  if (known !== null) return known;
  throw new Failure('not-found', 'held-change-not-found', 'There is no such change that waits or waited.', {
    heldChange: id,
  });
}

function over({ state, expiresAt }: HeldChange, now: number): Failure {
  const expired = state === 'waiting' && expiresAt <= now;
  const message = expired
    ? 'This waited too long, and nobody approves it any more. Ask for it again.'
    : `This was decided already (${state}).`;
  return new Failure('conflict', 'held-change-over', message, { state: expired ? 'expired' : state });
}
