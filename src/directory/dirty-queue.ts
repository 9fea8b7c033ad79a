import type { Branded } from '../lib/ids.ts';
import type { DeviceId } from './device.ts';
import type { Platform } from './platform.ts';

export type DirtyMark = {
  readonly deviceId: DeviceId;
  /** A version: a device marked again meanwhile has another. */
  readonly mark: number;
  /** Whose change it is that marked the device, a `ProfileId`; null: anything about it may have changed. */
  readonly profileId: Branded<'ProfileId'> | null;
};

/**
 * Which devices must be reconciled, and for what: written in the transaction of whatever changed, drained by
 * `lifecycle/reconcile`. Durable; a device stands in it once. Marked for one profile and then for another, or for no
 * profile in particular, it is marked for everything.
 */
export type DirtyQueue = {
  mark(deviceIds: readonly DeviceId[], about?: DirtyMark['profileId']): Promise<void>;
  /** Every device that is not retired, or those of one platform. */
  markAll(platform?: Platform, about?: DirtyMark['profileId']): Promise<void>;
  /**
   * The oldest marks, which stay until `done`. Inside a transaction they are the taker's alone until it ends: nobody else
   * takes them.
   */
  take(limit: number): Promise<readonly DirtyMark[]>;
  /** As `take`, this device alone; waits for whoever has taken it. Null when it is not marked. */
  takeOne(deviceId: DeviceId): Promise<DirtyMark | null>;
  done(taken: readonly Pick<DirtyMark, 'mark' | 'deviceId'>[]): Promise<void>;
  /** Devices that are marked; stops counting at `most`. */
  size(most?: number): Promise<number>;
};
