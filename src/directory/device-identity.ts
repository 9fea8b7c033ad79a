import type { SaidOfDevice } from './device.ts';

/** What tells devices apart, strongest first. */
const levels = ['managedDeviceId', 'entraDeviceId', 'serialNumber', 'deviceName'] as const;

export type IdentityFacts = { readonly [Name in (typeof levels)[number]]?: string | null | undefined } & Pick<
  SaidOfDevice,
  'platform'
>;

/**
 * Two descriptions are of one device when they agree on the strongest fact that both know. A machine that was enrolled
 * anew (another id, the same serial number) is another device. One key per level, without regard to case; null where the fact is unknown. Keys of different
 * levels are never compared, nor serials and names of different platforms (`identitySpace`).
 */
export function identityKeys(facts: IdentityFacts): readonly (string | null)[] {
  return levels.map((level) => facts[level]?.toLowerCase() ?? null);
}

/** Within what keys of a level are compared. */
export function identitySpace(level: number, platform: SaidOfDevice['platform']): string {
  return level < 2 ? String(level) : `${level} ${platform}`;
}

/** The fact that identifies a device best. */
export function identityFact(facts: IdentityFacts): (typeof levels)[number] {
  return levels.find((level) => (facts[level] ?? null) !== null) ?? 'deviceName';
}
