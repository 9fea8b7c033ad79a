import type { Cause } from '../../events/event.ts';
import type { EventLog } from '../../events/event-log.ts';
import { fieldChanges } from '../../events/field-change.ts';
import type { Transact } from '../../lib/transact.ts';
import { checkRetention, type Retention, type RetentionStore, retentionNames } from './retention.ts';

/** Only what is said changes. Answers all of it. Failure `retention-out-of-range`. */
export async function saveRetention(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly retention: RetentionStore;
  },
  { change, cause }: { readonly change: Partial<Retention>; readonly cause: Cause },
): Promise<Retention> {
  return deps.transact(async () => {
    const before = await deps.retention.get();
    const after = { ...before, ...change };
    checkRetention(after);
    const changes = fieldChanges(before, after, retentionNames);
    if (changes.length === 0) return before;
    await deps.retention.put(after);
    await deps.events.append([{ type: 'audit.retention-changed', cause, subjects: [], data: { changes } }]);
    return after;
  });
}
