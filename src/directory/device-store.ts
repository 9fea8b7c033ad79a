import type { Page, PageRequest } from '../lib/page.ts';
import type { Device, DeviceId } from './device.ts';
import type { Platform } from './platform.ts';
import type { UserId } from './user.ts';

export type DeviceStore = {
  get(id: DeviceId): Promise<Device | null>;
  getMany(ids: readonly DeviceId[]): Promise<readonly Device[]>;
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
  /** A check-in touches nothing but this. */
  touch(id: DeviceId, lastCheckIn: number): Promise<void>;
  /** Also drops memberships. */
  remove(ids: readonly DeviceId[]): Promise<void>;
};
