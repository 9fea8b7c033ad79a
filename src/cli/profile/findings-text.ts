import type { PlacedFinding } from '../profile-files.ts';
import { printable } from '../table.ts';

/** One finding a line, with its place as editors and terminals take it, with what mends it on the next. */
export function findingsText(findings: readonly PlacedFinding[]): string {
  return findings
    .map(({ file, line, column, severity, rule, path, detail, fix }) => {
      const where = `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`;
      const mend = fix === null ? '' : `\n    ${printable(fix)}`;
      return `${printable(`${severity} ${rule} ${where}: ${detail}`)}${mend}`;
    })
    .join('\n');
}
