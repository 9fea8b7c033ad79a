import type { DeviceId } from './device.ts';
import type { Platform } from './platform.ts';

/**
 * Which devices must be reconciled: written in the transaction of whatever changed, drained by `lifecycle/reconcile`.
 * Durable; a device stands in it once.
 */
export type DirtyQueue = {
  mark(deviceIds: readonly DeviceId[]): Promise<void>;
  /** Every device that is not retired, or those of one platform. */
  markAll(platform?: Platform): Promise<void>;
  /**
   * The oldest marks, which stay until `done`. `mark` is a version: a device marked again meanwhile stays queued. Inside a
   * transaction they are the taker's alone until it ends: nobody else takes them.
   */
  take(limit: number): Promise<readonly { readonly deviceId: DeviceId; readonly mark: number }[]>;
  /** As `take`, this device alone; waits for whoever has taken it. Null when it is not marked. */
  takeOne(deviceId: DeviceId): Promise<{ readonly deviceId: DeviceId; readonly mark: number } | null>;
  done(taken: readonly { readonly deviceId: DeviceId; readonly mark: number }[]): Promise<void>;
  size(): Promise<number>;
};
