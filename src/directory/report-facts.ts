import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Device, DeviceFacts, DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';

export type ReportFactsInput = {
  readonly deviceId: DeviceId;
  /** Replaces what the device reported before, as far as it says anything. */
  readonly reported: Partial<DeviceFacts>;
  /** A complete inventory: the first one registers the device. */
  readonly complete: boolean;
  readonly cause: Cause;
};

/**
 * What a device says of itself, kept apart from what others say of it (`Device.reported`). Marks the device when that or
 * its registration changed; an inventory that says nothing new writes nothing. Fails with `device-not-found`.
 */
export async function reportFacts(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly devices: Pick<DeviceStore, 'get' | 'save'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: ReportFactsInput,
): Promise<Device> {
  return deps.transact(async () => {
    const known = await deps.devices.get(input.deviceId, 'to-change');
    if (known === null) {
      throw new Failure('not-found', 'device-not-found', 'There is no such device.', { device: input.deviceId });
    }
    const names = (Object.keys(input.reported) as (keyof DeviceFacts)[]).filter(
      (name) => input.reported[name] !== undefined && input.reported[name] !== known.reported[name],
    );
    const registers = input.complete && known.registeredAt === null && known.retiredAt === null;
    if (names.length === 0 && !registers) return known;
    const now = deps.clock.now();
    const device: Device = {
      ...known,
      reported: { ...known.reported, ...Object.fromEntries(names.map((name) => [name, input.reported[name]])) },
      ...(registers ? { registeredAt: now, sources: { ...known.sources, registeredAt: 'device' } } : {}),
      updatedAt: now,
    };
    await deps.devices.save([device]);
    await deps.dirtyQueue.mark([device.id]);
    await deps.events.append([
      {
        type: 'directory.changed',
        cause: input.cause,
        subjects: [{ kind: 'device', id: device.id }],
        data: { change: 'reported', facts: names, registered: registers },
      },
    ]);
    return device;
  });
}
