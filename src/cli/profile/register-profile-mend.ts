import type { Command } from 'commander';
import { systemClock } from '../../lib/clock.ts';
import { Failure } from '../../lib/failure.ts';
import { hasErrors } from '../../profiles/finding.ts';
import type { RunCommand } from '../command.ts';
import { wholeNumber } from '../list.ts';
import { type ProfileFile, readProfileFiles } from '../profile-files.ts';
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
        const files = readProfileFiles(names);
        refuseGraph(files);
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

/** They are somebody else's record, and import shows each mend at its place. */
function refuseGraph(files: readonly ProfileFile[]): void {
  const graph = files.find(({ format }) => format === 'graph');
  if (graph === undefined) return;
  throw new Failure(
    'invalid',
    'graph-not-mended',
    `${graph.file} is Graph JSON, which is not mended in place: nothing was done. Put the text that \`profile validate\` shows into it, or name the other files alone.`,
    { file: graph.file },
  );
}
