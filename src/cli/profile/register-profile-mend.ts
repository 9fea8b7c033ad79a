import type { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import { hasErrors } from '../../profiles/finding.ts';
import type { RunCommand } from '../command.ts';
import { wholeNumber } from '../list.ts';
import { readProfileFiles } from '../profile-files.ts';
import { printable } from '../table.ts';
import { findingsText } from './findings-text.ts';
import { mendFiles } from './mend-files.ts';
import { standInRoot } from './stand-in-root.ts';

/** `profile mend`: what `validate` offers, done. */
export function registerProfileMend(profile: Command, run: RunCommand): void {
  profile
    .command('mend')
    .argument('<file...>', 'YAML or JSON, or folders of such; they are changed in place')
    .option('--choose <number>', 'which way, where validate offers several; without it those are left', wholeNumber)
    .description('mend the texts for which validate offers a mend; comments and order stay')
    .action(
      run(async (terminal, names, { choose }) => {
        const files = readProfileFiles(names).filter(({ format }) => format === 'profile');
        const choice = typeof choose === 'number' ? choose : null;
        const result = mendFiles(files, { choice, root: await standInRoot(systemClock) });
        terminal.result(result, ({ mended, findings }) =>
          [
            ...mended.map(({ source, path, label, text }) => printable(`${source} ${path}: ${label}: ${text}`)),
            ...(mended.length === 0 ? ['Nothing was mended.'] : []),
            findingsText(findings),
          ]
            .filter((line) => line !== '')
            .join('\n'),
        );
        return hasErrors(result.findings) ? 2 : 0;
      }),
    );
}
