import type { ImportFault, ImportKind } from '../directory/import/import-fault.ts';
import { isFailure } from '../lib/failure.ts';
import { openApi } from './api.ts';
import type { RegisterCommand } from './command.ts';
import { readDirectoryFiles } from './directory-files.ts';
import { wholeNumber } from './list.ts';
import { startProgress } from './progress.ts';
import { table } from './table.ts';

type Counts = Readonly<Record<'created' | 'updated' | 'unchanged' | 'pruned', number>>;
type ImportAnswer = {
  readonly kind: 'imported' | 'planned';
  readonly counts: Readonly<Record<ImportKind, Counts>>;
};

const defaultPrune = 10;

export const registerDirectory: RegisterCommand = (program, run) => {
  program
    .command('directory')
    .description('users, groups, memberships and devices')
    .command('import')
    .argument('<folder>', 'with users.csv, groups.csv, group-members.csv, devices.csv, or some of them')
    .description('import CSV files: all of it or, with every mistake listed, nothing')
    .option('--dry-run', 'count what would happen, change nothing')
    .option('--prune', 'also remove what is in the files no more')
    .option(
      '--prune-limit <percent>',
      `percent of a kind that --prune may remove at most; default ${defaultPrune}`,
      wholeNumber,
    )
    .action(
      run(async (terminal, [folder = ''], { dryRun, prune, pruneLimit }) => {
        const files = Object.fromEntries(
          Object.entries(readDirectoryFiles(folder)).filter(([, text]) => text !== null),
        );
        const progress = startProgress(terminal, 'Import');
        progress.update(0, 1, `${Object.keys(files).join(', ')} from ${folder}`);
        try {
          const answer = await openApi().call<ImportAnswer>('/directory/import', {
            method: 'POST',
            body: {
              files,
              dryRun: dryRun === true,
              ...((prune === true || pruneLimit !== undefined) && { prune: { limit: pruneLimit ?? defaultPrune } }),
            },
          });
          progress.end(answer.kind === 'planned' ? 'Import: counted, nothing written.' : 'Import: done.');
          terminal.result(answer, countsText);
          return 0;
        } catch (error) {
          progress.end('Import: refused, nothing was changed.');
          if (!isFailure(error, 'import-refused')) throw error;
          const { faults = [] } = error.params as { readonly faults?: readonly ImportFault[] };
          for (const { file, line, column, detail } of faults) terminal.say(`${file}:${line}:${column}: ${detail}`);
          terminal.result({ code: error.code, detail: error.message, ...error.params }, () => '');
          return 2;
        }
      }),
    );
};

function countsText({ kind, counts }: ImportAnswer): string {
  const rows = Object.entries(counts).map(([name, count]) => ({ name, ...count }));
  const changed = rows.some(({ created, updated, pruned }) => created + updated + pruned > 0);
  const text = table(rows, {
    '': ({ name }) => name,
    created: ({ created }) => created,
    updated: ({ updated }) => updated,
    unchanged: ({ unchanged }) => unchanged,
    removed: ({ pruned }) => pruned,
  });
  return changed ? text : `${text}\nNothing ${kind === 'planned' ? 'would change' : 'has changed'}.`;
}
