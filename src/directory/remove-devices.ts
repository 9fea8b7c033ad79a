import type { Cause } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Transact } from '../lib/transact.ts';
import type { DeviceId } from './device.ts';
import type { DeviceStore } from './device-store.ts';
import type { DirtyQueue } from './dirty-queue.ts';

/**
 * Forgets devices; their deployments and certificates stay as a record, and reconcile takes the deployments back.
 * What else a deletion means (revocation, credentials) is `lifecycle/remove.ts`, which calls this.
 */
export async function removeDevices(
  deps: {
    readonly transact: Transact;
    readonly events: Pick<EventLog, 'append'>;
    readonly devices: Pick<DeviceStore, 'getMany' | 'remove'>;
    readonly dirtyQueue: Pick<DirtyQueue, 'mark'>;
  },
  input: { readonly deviceIds: readonly DeviceId[]; readonly cause: Cause },
): Promise<number> {
  return deps.transact(async () => {
    const devices = await deps.devices.getMany(input.deviceIds);
    if (devices.length === 0) return 0;
    const ids = devices.map(({ id }) => id);
    await deps.devices.remove(ids);
    await deps.dirtyQueue.mark(ids);
    await deps.events.append(
      devices.map(({ id, deviceName, platform, serialNumber, primaryUserId }) => ({
        type: 'device.deleted',
        cause: input.cause,
        subjects: [{ kind: 'device', id, name: deviceName }],
        data: { deviceName, before: { deviceName, platform, serialNumber, primaryUserId } },
      })),
    );
    return devices.length;
  });
}
