import type { Device } from '../directory/device.ts';
import type { Cause } from '../events/event.ts';

/** The device itself did it. */
export function deviceCause(device: Pick<Device, 'id' | 'deviceName'>, requestId: string | null): Cause {
  return { actor: { kind: 'device', id: device.id, name: device.deviceName }, requestId };
}
