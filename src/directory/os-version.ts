/** Versions of operating systems, compared number by number; what is missing counts as 0. */

export type OsVersion = readonly number[];

/** One to four numbers with points between them, and nothing else; null for anything else. */
export function parseVersion(text: string): OsVersion | null {
  if (!/^\d{1,10}(\.\d{1,10}){0,3}$/.test(text)) return null;
  return text.split('.').map(Number);
}

/** The version in what a device or a directory says (`Ubuntu 24.04`, `10.15.3 (19D2064)`): the first numbers in it. */
export function versionWithin(text: string): OsVersion | null {
  const [found] = /\d{1,10}(\.\d{1,10}){0,3}/.exec(text) ?? [];
  return found === undefined ? null : parseVersion(found);
}

/** Below, at or above 0, as `a` is before, the same as or after `b`. */
export function compareVersions(a: OsVersion, b: OsVersion): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
