import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Transact } from '../lib/transact.ts';
import type { Device, DeviceId, Retirement } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';

/**
 * From now on the device gets nothing; reconcile takes back what it had. Retiring twice is one retirement, but for wiping
 * what was retired otherwise. Fails with `device-not-found`. What else it means (revocation, credentials) is `lifecycle/remove.ts`, which calls this.
 */
export async function retireDevice(
  deps: {
    readonly transact: Transact;
    readonly clock: Pick<Clock, 'now'>;
    readonly events: Pick<EventLog, 'append'>;
    readonly devices: Pick<DeviceStore, 'get' | 'save'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: { readonly deviceId: DeviceId; readonly action: Retirement; readonly cause: Cause },
): Promise<Device> {
  return deps.transact(async () => {
    const known = await deps.devices.get(input.deviceId, 'to-change');
    if (known === null) {
      throw new Failure('not-found', 'device-not-found', 'There is no such device.', { device: input.deviceId });
    }
    const { action } = input;
    if (known.retiredAt !== null && (action !== 'wipe' || known.retiredBy === action)) return known;
    const now = deps.clock.now();
    const device: Device = { ...known, retiredAt: known.retiredAt ?? now, retiredBy: action, updatedAt: now };
    await deps.devices.save([device]);
    await deps.dirtyQueue.mark([device.id]);
    await deps.events.append([
      {
        type: 'device.retired',
        cause: input.cause,
        subjects: [{ kind: 'device', id: device.id, name: device.deviceName }],
        data: {
          action,
          before: { retiredAt: known.retiredAt, retiredBy: known.retiredBy },
          after: { retiredAt: device.retiredAt, retiredBy: action },
        },
      },
    ]);
    return device;
  });
}
