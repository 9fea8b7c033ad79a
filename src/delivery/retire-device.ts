import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';

export type RetireDeviceDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly dirty: DirtyQueue;
  readonly events: EventLog;
};

/**
 * The device gets nothing any more; reconciling ends its deployments, and its next check-in tells it to remove what it
 * has and to leave. False when it was retired before. Failure `not-found` `device-unknown`.
 */
export async function retireDevice(
  deps: RetireDeviceDeps,
  input: { readonly deviceId: DeviceId; readonly cause: Cause },
): Promise<boolean> {
  const { deviceId, cause } = input;
  return deps.transact(async () => {
    const device = await deps.devices.get(deviceId);
    if (device === null)
      throw new Failure('not-found', 'device-unknown', 'There is no such device to retire.', { deviceId });
    if (device.retiredAt !== null) return false;
    const now = deps.clock.now();
    await deps.devices.save([{ ...device, retiredAt: now, updatedAt: now }]);
    await deps.dirty.mark([deviceId]);
    await deps.events.append([
      { type: 'device.retired', cause, subjects: [{ kind: 'device', id: deviceId }], data: { by: 'administrator' } },
    ]);
    return true;
  });
}
