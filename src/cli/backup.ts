import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { type Examined, examineStore } from '../compose/restored.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { readEnvironment } from '../config/env.ts';
import { readSealingSecret, secretLocation } from '../config/secrets.ts';
import { syncFolder } from '../config/sync-folder.ts';
import type { VerifyProgress } from '../events/seal/verify-seals.ts';
import { systemClock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { allMigrations } from '../store/migrations/all-migrations.ts';
import { openStore } from '../store/open-store.ts';
import { checkCopy, copyDatabase, writeNote } from '../store/sqlite/copy-database.ts';
import { databaseFile } from '../store/sqlite/database-file.ts';
import type { BackupNote } from './backup/backup-note.ts';
import type { RegisterCommand } from './command.ts';
import { startProgress } from './progress.ts';
import { facts, when } from './show.ts';
import type { Terminal } from './terminal.ts';

export const registerBackup: RegisterCommand = (program, run) => {
  program
    .command('backup')
    .argument('<target>', 'a file that is not there yet, or a folder to make one in')
    .description('a consistent copy of the database while the server runs, checked; without the secret')
    .action(
      run(async (terminal, [target]) => {
        // It holds names of people: for its own user alone.
        process.umask(0o077);
        const config = parseConfig(readEnvironment(), { tlsListen: null });
        const { file } = secretLocation(resolve(config.data), config.secretFile);
        const secret = readSealingSecret(file);
        if (config.database.kind === 'postgres') return sayHow(terminal, config.database.url, secret, String(target));
        return backUp(terminal, config, { secret, secretFile: file, target: String(target) });
      }),
    );
};

type Wanted = { readonly secret: Uint8Array; readonly secretFile: string; readonly target: string };

async function backUp(terminal: Terminal, config: Config, { secret, secretFile, target }: Wanted): Promise<0 | 1> {
  const data = resolve(config.data);
  const source = databaseFile(data);
  if (!source.exists)
    throw new Failure('misconfigured', 'not-initialised', `There is no database in ${data}. See SCEPWARD_DATA.`, {
      folder: data,
    });
  const takenAt = systemClock.now();
  const file = targetFile(resolve(target), takenAt);
  // Beside it, so that it can be moved there in one step; of one that was killed the next one clears away.
  const work = `${file}.partial`;
  rmSync(work, { recursive: true, force: true });
  makeFolder(work);
  try {
    const copy = join(work, 'scepward.db');
    const progress = startProgress(terminal, 'Backup');
    const mebibytes = Math.ceil(statSync(source.file).size / 2 ** 20);
    progress.update(0, 3, `copying ${mebibytes} MiB`);
    copyDatabase(source.file, copy);
    progress.update(1, 3, 'reading the copy');
    checkCopy(copy);
    progress.update(2, 3, 'verifying keys and seals');
    const examined = await examineCopy(work, secret, ({ done, total }) =>
      progress.update(2 + (total === 0 ? 0 : done / total), 3, `verifying: ${done} of ${total} seals`),
    );
    writeNote(copy, JSON.stringify(noteOf(config, takenAt, examined)));
    renameSync(copy, file);
    syncFolder(dirname(file));
    progress.end('Backup: made.');
    const bytes = statSync(file).size;
    const found = examined.seals?.found ?? 0;
    terminal.result({ file, bytes, takenAt, secret: { file: secretFile, included: false }, ...summary(examined) }, () =>
      [
        facts({ file, bytes, taken: when(takenAt), keys: examined.keys, events: examined.seals?.events ?? 0 }),
        ...(found === 0
          ? []
          : [`${found} events or seals are not as they were written: see bin/scepward audit verify.`]),
        `The secret is not in it: without ${secretFile} its keys are lost. Keep a copy of that file elsewhere, apart from backups.`,
      ].join('\n'),
    );
    return found === 0 ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** A name of its own in a folder; nothing is written over. */
function targetFile(target: string, now: number): string {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const file = isFolder ? join(target, `scepward-${time}.backup`) : target;
  if (existsSync(file))
    throw new Failure('conflict', 'backup-exists', `${file} is there already: name another file, or a folder.`, {
      file,
    });
  return file;
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Failure(
      'invalid',
      'file-unwritable',
      `Nothing can be written in ${dirname(folder)} (${code}). Make the folder, or name another.`,
      { folder: dirname(folder), file: basename(folder) },
      { cause },
    );
  }
}

async function examineCopy(
  folder: string,
  secret: Uint8Array,
  onProgress: (progress: VerifyProgress) => void,
): Promise<Examined> {
  await using store = await openStore({ kind: 'sqlite', folder }, { clock: systemClock, node: 'backup' });
  // Awaited: the store is closed when this returns.
  return await examineStore(store, secret, onProgress);
}

function noteOf({ node }: Config, takenAt: number, { seals, lists, lastEventAt }: Examined): BackupNote {
  const schema = allMigrations.at(-1)?.number ?? 0;
  return { format: 1, takenAt, node: node ?? hostname(), schema, head: seals?.head ?? null, lists, lastEventAt };
}

function summary({ keys, seals, lists, lastEventAt }: Examined) {
  return { keys, sealed: seals?.events ?? 0, found: seals?.found ?? 0, head: seals?.head ?? null, lists, lastEventAt };
}

/** PostgreSQL has tools of its own for this; what they cannot tell is told here. Exit 1: there is no backup yet. */
async function sayHow(terminal: Terminal, url: string, secret: Uint8Array, target: string): Promise<1> {
  await using store = await openStore({ kind: 'postgres', url }, { clock: systemClock, node: 'backup' });
  const examined = await examineStore(store, secret);
  const command = `pg_dump --format=custom --file=${target} --dbname="$SCEPWARD_DATABASE_URL"`;
  terminal.result({ code: 'backup-by-pg-dump', command, ...summary(examined) }, ({ found }) =>
    [
      'PostgreSQL is backed up by its own tools, while the servers run:',
      `  ${command}`,
      `The database is ${found === 0 ? 'whole' : 'NOT whole: see bin/scepward audit verify'}, and the secret opens its ${examined.keys} keys.`,
      'After pg_restore, and before any server starts: bin/scepward restore. Keep the secret file elsewhere, apart from backups.',
      'No file was written.',
    ].join('\n'),
  );
  return 1;
}
