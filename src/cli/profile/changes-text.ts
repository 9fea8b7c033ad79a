import { stringify } from 'yaml';
import { printable } from '../table.ts';

/** As the API tells it. */
export type ChangeView = {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly effect: 'reissue' | 'redeliver' | 'none';
};

const effects: Readonly<Record<ChangeView['effect'], string>> = {
  reissue: 'devices fetch new certificates',
  redeliver: 'devices are told, certificates stay',
  none: '',
};

/** A difference a paragraph: what was after `-`, what is after `+`. */
export function changesText(changes: readonly ChangeView[]): string {
  return changes
    .map(({ path, before, after, effect }) => {
      const note = effects[effect] === '' ? '' : `  (${effects[effect]})`;
      return [printable(path) + note, ...lines('-', before), ...lines('+', after)].join('\n');
    })
    .join('\n');
}

const mostLines = 20;
const mostCharacters = 100;

function lines(sign: string, value: unknown): string[] {
  if (value === null || value === undefined) return [];
  const all = stringify(value).trimEnd().split('\n');
  const shown = all.slice(0, mostLines).map((line) => cut(line));
  if (all.length > mostLines) shown.push(`… ${all.length - mostLines} more lines`);
  return shown.map((line) => `  ${sign} ${printable(line)}`);
}

function cut(line: string): string {
  return line.length > mostCharacters ? `${line.slice(0, mostCharacters)}…` : line;
}
