/**
 * When so many devices lose something at once that it may be an accident, such as a group emptied by mistake: then nothing
 * is taken or revoked until an administrator confirms it, or the cause is undone. Retiring, wiping and deleting a device
 * name the device, and do not wait.
 */
import { hour, minute } from '../lib/clock.ts';

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
  /** So many, or the same share, are many, too, when they go one by one within the slow window. */
  readonly slowDevices: number;
  readonly slowWindowHours: number;
};

export const defaultMassRemoval: MassRemovalSetting = {
  hold: true,
  devices: 100,
  percent: 10,
  fewest: 10,
  windowMinutes: 60,
  slowDevices: 300,
  slowWindowHours: 24,
};

export type MassRemovalStore = {
  get(): Promise<MassRemovalSetting>;
  put(setting: MassRemovalSetting): Promise<void>;
};

export type MassLimit = {
  /** From so many on they are many … */
  readonly devices: number;
  /** … within this time, ms. */
  readonly window: number;
};

/** For those that go at once and for those that dribble out, among `devices` that are managed; none: nothing waits. */
export function massLimits(setting: MassRemovalSetting, devices: number): readonly MassLimit[] {
  if (!setting.hold) return [];
  const limit = (most: number) =>
    Math.max(setting.fewest, Math.min(most, Math.ceil((devices * setting.percent) / 100)));
  return [
    { devices: limit(setting.devices), window: windowOf(setting) },
    { devices: limit(setting.slowDevices), window: slowWindowOf(setting) },
  ];
}

/** More devices than these make no difference to `massLimits`. */
export function devicesThatMatter({ devices, slowDevices, percent }: MassRemovalSetting): number {
  return Math.ceil((Math.max(devices, slowDevices) * 100) / percent);
}

export function windowOf({ windowMinutes }: MassRemovalSetting): number {
  return windowMinutes * minute;
}

/** Never shorter than the other. */
export function slowWindowOf(setting: MassRemovalSetting): number {
  return Math.max(setting.slowWindowHours * hour, windowOf(setting));
}
