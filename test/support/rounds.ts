/** True when a continuous integration service runs the tests: long iteration counts, and a skipped test is a failure. */
export const underCi = process.env.CI === 'true' || process.env.CI === '1';

/** How often a test repeats: `usual` on a developer's machine, `ci` under `CI=true`. */
export function rounds(usual: number, ci: number): number {
  return underCi ? ci : usual;
}
