import type { DeviceWalk } from './device-walk.ts';
import { devicesThatMatter, type MassRemovalStore, massLimits } from './mass-removal.ts';
import type { RemovalStore } from './removal-store.ts';

export type ManyRemovalsDeps = {
  readonly removals: Pick<RemovalStore, 'countSince'>;
  readonly massRemoval: Pick<MassRemovalStore, 'get'>;
  readonly deviceWalk: Pick<DeviceWalk, 'count'>;
};

/**
 * Whether so many devices lost something of late, or may be about to, that it is a mass removal. `more`: how many may come
 * on top of those that are known, counted up to the number given.
 */
export async function areMany(
  { removals, massRemoval, deviceWalk }: ManyRemovalsDeps,
  { now, more = async () => 0 }: { readonly now: number; readonly more?: (most: number) => Promise<number> },
): Promise<boolean> {
  const setting = await massRemoval.get();
  if (!setting.hold) return false;
  for (const { devices, window } of massLimits(setting, await deviceWalk.count(devicesThatMatter(setting))))
    if ((await removals.countSince(now - window, devices)) + (await more(devices)) >= devices) return true;
  return false;
}
