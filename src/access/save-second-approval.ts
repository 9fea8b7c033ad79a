import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import type { SecondApproval, SecondApprovalStore } from './held-change.ts';

/** What waits already goes on waiting. */
export async function saveSecondApproval(
  deps: {
    readonly transact: Transact;
    readonly secondApproval: SecondApprovalStore;
    readonly events: Pick<EventLog, 'append'>;
  },
  { setting, cause }: { readonly setting: SecondApproval; readonly cause: Cause },
): Promise<SecondApproval> {
  return deps.transact(async () => {
    const before = await deps.secondApproval.get();
    const after = { deployments: setting.deployments, hours: setting.hours };
    if (before.deployments === after.deployments && before.hours === after.hours) return before;
    await deps.secondApproval.put(after);
    await deps.events.append([
      { type: 'access.second-approval-changed', cause, subjects: [], data: { before, after } },
    ]);
    return after;
  });
}
