import type { Finding } from '../../profiles/finding.ts';
import { printable } from '../table.ts';

/** One finding a line, with what mends it on the next. */
export function findingsText(findings: readonly (Finding & { readonly source?: string })[]): string {
  return findings
    .map(({ source, severity, rule, path, detail, fix }) => {
      const where = [source, path].filter((part) => part !== undefined && part !== '').join(' ');
      const mend = fix === null ? '' : `\n    ${printable(fix)}`;
      return `${printable(`${severity} ${rule} ${where}: ${detail}`)}${mend}`;
    })
    .join('\n');
}
