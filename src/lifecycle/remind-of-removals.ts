/** Mass removals that nobody decides about: devices keep what somebody may have wanted to be gone. */
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { type Clock, day } from '../lib/clock.ts';
import { fence, type Lease, type LeaseStore } from '../lib/lease.ts';
import type { Transact } from '../lib/transact.ts';
import type { RemovalCase } from './removal.ts';
import type { RemovalCaseStore } from './removal-case-store.ts';
import { caseEvent } from './removal-event.ts';

/** So long may one wait before somebody is told, and again as long. */
const patience = day;

/** Timed work of one node: an event (`removal.overdue`) for each that has waited for a day, every day. Gives back those. */
export async function remindOfRemovals(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly removalCases: Pick<RemovalCaseStore, 'waiting' | 'get' | 'save' | 'sizes'>;
    readonly leases: Pick<LeaseStore, 'beat'>;
  },
  { lease, cause }: { readonly lease: Lease; readonly cause: Cause },
): Promise<readonly RemovalCase[]> {
  const now = deps.clock.now();
  const overdue = ({ state, openedAt, remindedAt }: RemovalCase) =>
    state === 'waiting' && (remindedAt ?? openedAt) <= now - patience;
  const due = (await deps.removalCases.waiting()).filter(overdue);
  if (due.length === 0) return [];
  return deps.transact(async () => {
    await fence(deps.leases, lease);
    const reminded: RemovalCase[] = [];
    const sizes = await deps.removalCases.sizes(due.map(({ id }) => id));
    for (const { id } of due) {
      const one = await deps.removalCases.get(id, 'to-change');
      const deployments = sizes.get(id) ?? 0;
      if (one === null || !overdue(one) || deployments === 0) continue;
      await deps.removalCases.save({ ...one, remindedAt: now });
      const { openedAt } = one;
      await deps.events.append([caseEvent('removal.overdue', one, cause, { deployments, openedAt })]);
      reminded.push(one);
    }
    return reminded;
  });
}
