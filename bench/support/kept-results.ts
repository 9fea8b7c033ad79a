/** What `bench/results.json` says: each figure with the day on which it was measured, and the machine of all. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Figure } from './measure.ts';

type Machine = Readonly<Record<string, string | number>>;
type Kept = Readonly<Record<string, readonly (Figure & { readonly date: string })[]>>;

/**
 * Figures take the place of those of the same name; others stay, unless they were measured on another machine: what does
 * not belong together must not stand together.
 */
export function keepResults(file: URL, machine: Machine, results: Readonly<Record<string, readonly Figure[]>>): void {
  const date = new Date().toISOString().slice(0, 10);
  const before = existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as { machine: Machine; results: Kept })
    : null;
  const merged: Record<string, Kept[string]> =
    before !== null && sameHardware(before.machine, machine) ? { ...before.results } : {};
  for (const [name, figures] of Object.entries(results)) {
    const fresh = new Set(figures.map((figure) => figure.name));
    const stay = (merged[name] ?? []).filter((figure) => !fresh.has(figure.name));
    merged[name] = [...stay, ...figures.map((figure) => ({ ...figure, date }))];
  }
  writeFileSync(file, `${JSON.stringify({ machine, results: merged }, null, 2)}\n`);
}

function sameHardware(a: Machine, b: Machine): boolean {
  return ['processor', 'cores', 'memoryGiB'].every((part) => a[part] === b[part]);
}
