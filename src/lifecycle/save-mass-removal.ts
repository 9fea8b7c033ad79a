import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import type { MassRemovalSetting, MassRemovalStore } from './mass-removal.ts';

/** Counts from the next change on: what is held stays held. */
export async function saveMassRemoval(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly massRemoval: MassRemovalStore;
  },
  { setting, cause }: { readonly setting: MassRemovalSetting; readonly cause: Cause },
): Promise<void> {
  await deps.transact(async () => {
    const before = await deps.massRemoval.get();
    await deps.massRemoval.put(setting);
    await deps.events.append([
      { type: 'removal.setting-changed', cause, subjects: [], data: { before, after: setting } },
    ]);
  });
}
