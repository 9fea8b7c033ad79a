/** Platforms that behave alike towards a list of SCEP server URLs (seed, "SCEP Server URLs"). */
export type PlatformFamily = 'android' | 'apple' | 'windows' | 'linux';

/** For a platform as the directory spells it: `androidEnterpriseCorporate`, `ios`, `windows10`, … Unknown ones count as Linux. */
export function platformFamily(platform: string): PlatformFamily {
  if (platform.startsWith('android')) return 'android';
  if (platform === 'ios' || platform === 'macos') return 'apple';
  return platform.startsWith('windows') ? 'windows' : 'linux';
}
