import { printable } from './table.ts';

/** ms UTC for people. */
export function when(at: number | null): string {
  return at === null ? '-' : new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** `name  value` lines; nothing for what is null or empty. */
export function facts(values: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(values).filter(([, value]) => !isNothing(value));
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${printable(name).padEnd(width)}  ${printable(textOf(name, value))}`).join('\n');
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** A value for people; times are known by the names they have. */
export function textOf(name: string, value: unknown): string {
  if (
    typeof value === 'number' &&
    (/At$/.test(name) || ['lastCheckIn', 'nextCheckIn', 'notBefore', 'notAfter'].includes(name))
  )
    return when(value);
  if (Array.isArray(value)) return value.map((each) => textOf('', each)).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** At most `most` characters, cut between words where one ends near, with … for what is missing. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const cut = text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '');
  const space = cut.lastIndexOf(' ');
  return `${space > most / 2 ? cut.slice(0, space).replace(/[\s,;:.]+$/, '') : cut}…`;
}
