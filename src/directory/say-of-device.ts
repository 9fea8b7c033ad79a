import { blankDevice } from './blank-device.ts';
import type { Device, DeviceId, SaidOfDevice } from './device.ts';
import { mergeFacts } from './merge-facts.ts';
import type { FactSource } from './user.ts';

type DeviceStatement = {
  /** Null: unknown so far. */
  readonly known: Device | null;
  readonly id: DeviceId;
  readonly said: Partial<SaidOfDevice> & Pick<SaidOfDevice, 'deviceName' | 'platform'>;
  readonly source: FactSource;
  /** ms. */
  readonly now: number;
};

/**
 * The device after a statement (`mergeFacts`), and which facts it changed: all that is known when the device is new. When
 * a device joined and registered here is what this server saw itself: no file that was written before knows better.
 */
export function sayOfDevice({ known, id, said, source, now }: DeviceStatement): {
  readonly device: Device;
  readonly changed: readonly (keyof SaidOfDevice)[];
} {
  const before = known ?? blankDevice({ id, deviceName: '', platform: said.platform, now });
  const heard = source === 'csv' ? withoutWitnessed(before, said) : said;
  const { facts, sources, changed } = mergeFacts<SaidOfDevice>(before, heard, source, { ownership: 'unknown' });
  if (known === null) changed.push('platform');
  const sourced = known === null ? { ...sources, platform: source } : sources;
  const device = changed.length === 0 ? before : { ...before, ...facts, sources: sourced, updatedAt: now };
  return { device, changed };
}

function withoutWitnessed({ sources }: Device, said: Partial<SaidOfDevice>): Partial<SaidOfDevice> {
  const { enrolledAt, registeredAt, ...others } = said;
  return {
    ...others,
    ...(enrolledAt !== undefined && sources.enrolledAt !== 'device' && { enrolledAt }),
    ...(registeredAt !== undefined && sources.registeredAt !== 'device' && { registeredAt }),
  };
}
