import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import type { Device, DeviceFacts, DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';

export type ReportFactsInput = {
  readonly deviceId: DeviceId;
  /** Replaces all that the device reported before. */
  readonly reported: Device['reported'];
  /** A complete inventory: the first one registers the device. */
  readonly complete: boolean;
  readonly cause: Cause;
};

/**
 * A device called and says this of itself; it is kept apart from what others say of it. Marks the device when that or its
 * registration changed; one that says nothing new writes nothing but the time. Null: there is no such device.
 */
export async function reportFacts(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly devices: Pick<DeviceStore, 'get' | 'save' | 'touch'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  { deviceId, reported, complete, cause }: ReportFactsInput,
): Promise<Device | null> {
  return deps.transact(async () => {
    const known = await deps.devices.get(deviceId, 'to-change');
    if (known === null) return null;
    const now = deps.clock.now();
    const changed = changedFacts(known.reported, reported);
    const registers = registersBy(known, complete);
    if (changed.length === 0 && !registers) {
      await deps.devices.touch([[known.id, now]]);
      return { ...known, lastCheckIn: now };
    }
    const device: Device = {
      ...known,
      reported,
      ...(registers && { registeredAt: now, sources: { ...known.sources, registeredAt: 'device' } }),
      lastCheckIn: now,
      updatedAt: now,
    };
    // Together: PostgreSQL is on the way there and back once.
    await Promise.all([
      deps.devices.save([device]),
      deps.dirtyQueue.mark([device.id]),
      deps.events.append([
        {
          type: 'directory.changed',
          cause,
          subjects: [{ kind: 'device', id: device.id }],
          data: { change: 'reported', facts: changed, registered: registers },
        },
      ]),
    ]);
    return device;
  });
}

/** Whether that would write more than the time. */
export function saysNew(
  known: Device,
  { reported, complete }: Pick<ReportFactsInput, 'reported' | 'complete'>,
): boolean {
  return changedFacts(known.reported, reported).length > 0 || registersBy(known, complete);
}

function registersBy({ registeredAt, retiredAt }: Device, complete: boolean): boolean {
  return complete && registeredAt === null && retiredAt === null;
}

/** Names of the facts that differ. */
function changedFacts(before: Device['reported'], after: Device['reported']): (keyof DeviceFacts)[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof DeviceFacts)[]);
  return [...names].filter((name) => (before[name] ?? null) !== (after[name] ?? null));
}
