import type { Device } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { DirtyQueue } from '../directory/dirty-queue.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Clock } from '../lib/clock.ts';
import type { Transact } from '../lib/transact.ts';
import { deviceCause } from './device-cause.ts';
import type { DeviceCredentialStore } from './device-credential.ts';

export type LeaveDeviceDeps = {
  readonly transact: Transact;
  readonly clock: Clock;
  readonly devices: DeviceStore;
  readonly credentials: DeviceCredentialStore;
  readonly dirtyQueue: DirtyQueue;
  readonly events: EventLog;
};

/** The device ends its management itself: it counts as retired, and its credentials serve no more. */
export async function leaveDevice(
  deps: LeaveDeviceDeps,
  input: { readonly device: Device; readonly requestId: string | null },
): Promise<void> {
  await deps.transact(async () => {
    const now = deps.clock.now();
    const device = await deps.devices.get(input.device.id, 'to-change');
    // Deleted meanwhile: there is nothing left to leave.
    if (device === null) return;
    await deps.devices.save([
      { ...device, retiredAt: device.retiredAt ?? now, retiredBy: device.retiredBy ?? 'unenrol', updatedAt: now },
    ]);
    const ended = await deps.credentials.revoke(device.id, null, now);
    await deps.dirtyQueue.mark([device.id]);
    await deps.events.append([
      {
        type: 'device.retired',
        cause: deviceCause(device, input.requestId),
        subjects: [{ kind: 'device', id: device.id }],
        data: { by: 'device', endedCredentials: ended },
      },
    ]);
  });
}
