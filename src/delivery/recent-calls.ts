import type { DeviceId } from '../directory/device.ts';
import type { DeviceStore } from '../directory/device-store.ts';
import type { Transact } from '../lib/transact.ts';

/**
 * When devices called that had nothing new to say: nearly all that call, and each would wait for the writer and the disk for
 * this alone. It is kept here and written for all of them together, soon. What a killed server had not written yet is lost,
 * until the device calls again.
 */
export type RecentCalls = {
  /** `at` in ms. */
  note(deviceId: DeviceId, at: number): void;
  /** Writes what was noted; what could not be written is tried again the next time. */
  write(): Promise<void>;
};

/** Devices per transaction. */
const atOnce = 500;

export function recentCalls(deps: {
  readonly transact: Transact;
  readonly devices: Pick<DeviceStore, 'touch'>;
}): RecentCalls {
  const noted = new Map<DeviceId, number>();
  return {
    note(deviceId, at) {
      noted.set(deviceId, at);
    },
    async write() {
      // In the order of ids, in which others lock devices too.
      const calls = [...noted].sort(([a], [b]) => (a < b ? -1 : 1));
      for (let from = 0; from < calls.length; from += atOnce) {
        const some = calls.slice(from, from + atOnce);
        await deps.transact(() => deps.devices.touch(some));
        for (const [id, at] of some) if (noted.get(id) === at) noted.delete(id);
      }
    },
  };
}
