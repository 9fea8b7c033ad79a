/**
 * When the queue is empty it is known how many devices lose something: few, and they do; many, and they wait in cases, one for
 * each profile and occasion, and another one where the last has waited for long. Cases of which all are wanted again are closed.
 */
import { type Cause, systemCause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { newId } from '../lib/ids.ts';
import type { Transact } from '../lib/transact.ts';
import { areMany, type ManyRemovalsDeps } from './many-removals.ts';
import { slowWindowOf } from './mass-removal.ts';
import type { Removal, RemovalCase, RemovalCaseId } from './removal.ts';
import type { RemovalCaseStore } from './removal-case-store.ts';
import { caseEvent } from './removal-event.ts';
import type { RemovalStore } from './removal-store.ts';

export type DecideDeps = {
  readonly transact: Transact;
  readonly clock: Pick<Clock, 'now'>;
  readonly events: Pick<EventLog, 'append'>;
  readonly removals: Pick<RemovalStore, 'undecided' | 'putIntoCase' | 'countSince'>;
  readonly removalCases: Pick<RemovalCaseStore, 'waiting' | 'list' | 'save' | 'sizes' | 'get' | 'join'>;
  readonly limits: Pick<ManyRemovalsDeps, 'massRemoval' | 'deviceWalk'>;
  /** `reconcileConfirmed`, bound. */
  readonly carryOut: (removals: readonly Removal[], cause: Cause) => Promise<unknown>;
};

export type Decided = { readonly held: number; readonly released: number };

/** Looked at together; more follow in the next round. */
const atOnce = 500;

/** To be called when the queue was seen empty. */
export async function decideRemovals(deps: DecideDeps): Promise<Decided> {
  await closeUndone(deps);
  if ((await deps.removals.undecided(1)).length === 0) return { held: 0, released: 0 };
  return deps.transact(async () => {
    const now = deps.clock.now();
    // Before they are counted: what another node adds meanwhile is counted and not among them.
    const first = await deps.removals.undecided(atOnce);
    const many = await areMany({ ...deps.limits, removals: deps.removals }, { now });
    if (many) return { held: await openCases(deps, now), released: 0 };
    await deps.carryOut(first, systemCause);
    return { held: 0, released: first.length };
  });
}

async function openCases(deps: DecideDeps, now: number): Promise<number> {
  const since = now - slowWindowOf(await deps.limits.massRemoval.get());
  let held = 0;
  for (
    let [first] = await deps.removals.undecided(1);
    first !== undefined;
    [first] = await deps.removals.undecided(1)
  ) {
    const { profileId, occasion } = first;
    const known = (await deps.removalCases.waiting()).findLast(
      (one) => one.profileId === profileId && one.occasion === occasion && one.joinedAt > since,
    );
    const joined = known !== undefined && (await deps.removalCases.join(known.id, now));
    const opened = joined ? known : newCase(first, now, deps.clock);
    const deployments = await deps.removals.putIntoCase(opened, opened.id);
    held += deployments;
    // None are left where another node was quicker.
    if (joined || deployments === 0) continue;
    await deps.removalCases.save(opened);
    await deps.events.append([caseEvent('removal.held', opened, systemCause, { deployments })]);
  }
  return held;
}

function newCase(
  { profileId, occasion }: Pick<Removal, 'profileId' | 'occasion'>,
  now: number,
  clock: Pick<Clock, 'now'>,
): RemovalCase {
  const undecided = { decidedAt: null, decidedBy: null, jobId: null, remindedAt: null };
  return {
    id: newId<RemovalCaseId>(clock),
    profileId,
    occasion,
    state: 'waiting',
    openedAt: now,
    joinedAt: now,
    ...undecided,
  };
}

/** Of cases that wait or were rejected: whatever they held is wanted again, or has ended otherwise. */
async function closeUndone(deps: DecideDeps): Promise<void> {
  const open = [...(await deps.removalCases.waiting()), ...(await rejected(deps))];
  if (open.length === 0) return;
  const sizes = await deps.removalCases.sizes(open.map(({ id }) => id));
  for (const { id } of open) {
    if ((sizes.get(id) ?? 0) > 0) continue;
    await deps.transact(async () => {
      const one = await deps.removalCases.get(id, 'to-change');
      const size = (await deps.removalCases.sizes([id])).get(id) ?? 0;
      if (one === null || size > 0 || (one.state !== 'waiting' && one.state !== 'rejected')) return;
      const undone: RemovalCase = { ...one, state: 'undone', decidedAt: deps.clock.now() };
      await deps.removalCases.save(undone);
      await deps.events.append([caseEvent('removal.undone', undone, systemCause)]);
    });
  }
}

async function rejected({ removalCases }: Pick<DecideDeps, 'removalCases'>): Promise<readonly RemovalCase[]> {
  return (await removalCases.list({ state: 'rejected' }, { limit: 100, cursor: null })).items;
}
