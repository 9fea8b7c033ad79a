import type { Finding } from '../../profiles/finding.ts';
import type { PlacedFinding } from '../profile-files.ts';
import { printable } from '../table.ts';

/** One finding a line, with its place in a file as editors and terminals take it, with what mends it on the next ones. */
export function findingsText(findings: readonly (Finding | PlacedFinding)[]): string {
  return findings
    .map((finding) => {
      const { severity, rule, path, detail, fix, mends = [] } = finding;
      const place = 'file' in finding ? `${finding.file}:${finding.line}:${finding.column}` : '';
      const where = [place, path].filter((part) => part !== '').join(' ');
      const mend = fix === null ? '' : `\n    ${printable(fix)}`;
      const ways = mends.map(({ label, text, preview }) => {
        const name = preview === null || preview === text ? '' : `\n      comes to ${printable(preview)}`;
        return `\n    - ${printable(`${label}: ${text}`)}${name}`;
      });
      return `${printable(`${severity} ${rule} ${where}: ${detail}`)}${mend}${ways.join('')}`;
    })
    .join('\n');
}
