import { constants, openAsBlob } from 'node:fs';
import { access } from 'node:fs/promises';
import { type ImportFault, type ImportKind, importFiles } from '../directory/import/import-fault.ts';
import { type PlannedChange, shownChanges } from '../directory/import/import-preview.ts';
import { Failure, isFailure } from '../lib/failure.ts';
import { openApi } from './api.ts';
import type { ApiClient } from './api-client.ts';
import type { RegisterCommand } from './command.ts';
import { directoryFiles } from './directory-files.ts';
import { wholeNumber } from './list.ts';
import { type Progress, startProgress, whileAsking } from './progress.ts';
import { printable, table } from './table.ts';

type Counts = Readonly<Record<'created' | 'updated' | 'unchanged' | 'pruned', number>>;
type ImportAnswer = {
  readonly kind: 'imported' | 'planned';
  readonly counts: Readonly<Record<ImportKind, Counts>>;
  readonly changes: readonly PlannedChange[];
};

const defaultPrune = 10;

export const registerDirectory: RegisterCommand = (program, run) => {
  program
    .command('directory')
    .description('users, groups, memberships and devices')
    .command('import')
    .argument('<folder>', 'with users.csv, groups.csv, group-members.csv, devices.csv, or some of them')
    .description('import CSV files: all of it or, with every mistake listed, nothing')
    .option('--dry-run', 'show what would happen, change nothing')
    .option('--prune', 'also remove what is in the files no more')
    .option(
      '--prune-limit <percent>',
      `percent of a kind that --prune may remove at most; default ${defaultPrune}`,
      wholeNumber,
    )
    .action(
      run(async (terminal, [folder = ''], { dryRun, prune, pruneLimit }) => {
        const form = await formOf(directoryFiles(folder));
        const api = openApi();
        const progress = startProgress(terminal, 'Import');
        progress.update(
          0,
          1,
          `${[...form.keys()].map((kind) => importFiles[kind as ImportKind]).join(', ')} from ${folder}`,
        );
        try {
          const asked = api.call<ImportAnswer>('/directory/import', {
            method: 'POST',
            query: {
              dryRun: dryRun === true ? true : null,
              pruneLimit: prune === true || pruneLimit !== undefined ? Number(pruneLimit ?? defaultPrune) : null,
            },
            form,
          });
          const answer = await showing(asked, api, progress);
          progress.end(answer.kind === 'planned' ? 'Import: counted, nothing written.' : 'Import: done.');
          terminal.result(answer, countsText);
          return 0;
        } catch (error) {
          progress.end('Import: refused, nothing was changed.');
          if (!isFailure(error, 'import-refused')) throw error;
          const { faults = [], total = 0 } = error.params as { faults?: readonly ImportFault[]; total?: number };
          for (const { file, line, column, detail } of faults) terminal.say(`${file}:${line}:${column}: ${detail}`);
          if (total > faults.length) terminal.say(`… and ${total - faults.length} more.`);
          terminal.result({ code: error.code, detail: error.message, ...error.params }, () => '');
          return 2;
        }
      }),
    );
};

/** Blobs of files: they are read while they are sent. */
async function formOf(files: ReturnType<typeof directoryFiles>): Promise<FormData> {
  const form = new FormData();
  for (const [kind, path] of Object.entries(files))
    if (path !== null) form.set(kind, await blobOf(path), importFiles[kind as ImportKind]);
  return form;
}

async function blobOf(path: string): Promise<Blob> {
  try {
    await access(path, constants.R_OK);
    return await openAsBlob(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure('invalid', 'file-unreadable', `${path} cannot be read (${code}).`, { file: path }, { cause });
  }
}

type ImportState = {
  readonly import: { readonly state: string; readonly step: Step; done: number; total: number } | null;
};
type Step = keyof typeof shares;

/** What each step is of the whole, as a rule; and how it is called. */
const shares = {
  reading: [0, 0.2, 'files read, in MB'],
  comparing: [0.2, 0.3, 'comparing with the directory'],
  users: [0.3, 0.45, 'users'],
  groups: [0.45, 0.46, 'groups'],
  devices: [0.46, 0.8, 'devices'],
  members: [0.8, 1, 'groups with their members'],
} as const;

/** Asks the server how far it is until it answers. */
function showing<T>(asked: Promise<T>, api: ApiClient, progress: Progress): Promise<T> {
  const look = async () => {
    const { import: state } = await api.call<ImportState>('/directory/import');
    if (state?.state !== 'running') return;
    const [from, to, what] = shares[state.step];
    const { done, total } = state;
    const [shownDone, shownTotal] =
      state.step === 'reading' ? [done, total].map((n) => Math.ceil(n / 1e6)) : [done, total];
    const count = state.step === 'comparing' ? '' : `: ${shownDone} of ${shownTotal}`;
    progress.update(from + (to - from) * (total === 0 ? 0 : done / total), 1, `${what}${count}`);
  };
  return whileAsking(asked, look);
}

function countsText({ kind, counts, changes }: ImportAnswer): string {
  const rows = Object.entries(counts).map(([name, count]) => ({ name, ...count }));
  const changed = rows.some(({ created, updated, pruned }) => created + updated + pruned > 0);
  const text = table(rows, {
    '': ({ name }) => name,
    created: ({ created }) => created,
    updated: ({ updated }) => updated,
    unchanged: ({ unchanged }) => unchanged,
    removed: ({ pruned }) => pruned,
  });
  if (!changed) return `${text}\nNothing ${kind === 'planned' ? 'would change' : 'has changed'}.`;
  if (changes.length === 0) return text;
  const more = `The first ${shownChanges} of each kind and change:`;
  const all = rows.every(({ created, updated, pruned }) => Math.max(created, updated, pruned) <= shownChanges);
  return [text, '', ...(all ? [] : [more]), ...changes.map(changeText)].join('\n');
}

const signs = { created: '+', updated: '~', removed: '-' };

function changeText({ kind, change, name, member, fields }: PlannedChange): string {
  const what = member === null ? kind.slice(0, -1) : `${member.kind} ${member.name} in group`;
  const details = fields.map(({ field, before, after }) => `${field}: ${shown(before)} -> ${shown(after)}`);
  return printable(`${signs[change]} ${what} ${name}${details.length === 0 ? '' : ` (${details.join(', ')})`}`);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
