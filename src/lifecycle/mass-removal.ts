/**
 * When so many devices lose something at once that it may be an accident, such as a group emptied by mistake: then nothing
 * is taken or revoked until an administrator confirms it, or the cause is undone. Retiring, wiping and deleting a device
 * name the device, and do not wait.
 */
import { minute } from '../lib/clock.ts';

export type MassRemovalSetting = {
  /** False: nothing waits, ever. */
  readonly hold: boolean;
  /** So many devices or more are many, however large the fleet. */
  readonly devices: number;
  /** So large a share of the devices, or a larger one, is many, … */
  readonly percent: number;
  /** … unless they are fewer than this. */
  readonly fewest: number;
  /** What happens within it counts together. */
  readonly windowMinutes: number;
};

export const defaultMassRemoval: MassRemovalSetting = {
  hold: true,
  devices: 100,
  percent: 10,
  fewest: 10,
  windowMinutes: 60,
};

export type MassRemovalStore = {
  get(): Promise<MassRemovalSetting>;
  put(setting: MassRemovalSetting): Promise<void>;
};

/** From how many devices on it is a mass removal, among `devices` that are managed. */
export function massLimit(setting: MassRemovalSetting, devices: number): number {
  if (!setting.hold) return Number.POSITIVE_INFINITY;
  return Math.max(setting.fewest, Math.min(setting.devices, Math.ceil((devices * setting.percent) / 100)));
}

/** More devices than these make no difference to `massLimit`. */
export function devicesThatMatter({ devices, percent }: MassRemovalSetting): number {
  return Math.ceil((devices * 100) / percent);
}

export function windowOf({ windowMinutes }: MassRemovalSetting): number {
  return windowMinutes * minute;
}
