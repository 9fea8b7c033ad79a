import type { Page, PageRequest } from '../lib/page.ts';
import type { Device, DeviceId } from './device.ts';
import type { Platform } from './platform.ts';
import type { UserId } from './user.ts';

export type DeviceStore = {
  /**
   * `to-change`: nobody else writes it until the transaction ends. What `save` replaces was read so, or two who change
   * different things of a device (a check-in, a retirement) would undo one another.
   */
  get(id: DeviceId, purpose?: 'to-change'): Promise<Device | null>;
  getMany(ids: readonly DeviceId[], purpose?: 'to-change'): Promise<readonly Device[]>;
  /** Exact name, without regard to case: none, one or several. */
  findByName(deviceName: string): Promise<readonly Device[]>;
  /** By name then id. */
  list(
    query: {
      readonly search: string | null;
      readonly platform: Platform | null;
      readonly primaryUserId: UserId | null;
    },
    page: PageRequest,
  ): Promise<Page<Device>>;
  /** Insert or replace by id. */
  save(devices: readonly Device[]): Promise<void>;
  /** When they called last, in ms: an earlier time than the stored one changes nothing. */
  touch(calls: readonly (readonly [id: DeviceId, lastCheckIn: number])[]): Promise<void>;
  /** Also drops memberships and scope tags. */
  remove(ids: readonly DeviceId[]): Promise<void>;
};
