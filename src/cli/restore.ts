import { existsSync, linkSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeAuthority } from '../compose/authority.ts';
import { type Foundation, openFoundation } from '../compose/foundation.ts';
import { createLog } from '../compose/log.ts';
import { examineStore, resumeInstallation } from '../compose/restored.ts';
import { type Config, parseConfig } from '../config/config.ts';
import { ensureFolder } from '../config/ensure-folder.ts';
import { readEnvironment } from '../config/env.ts';
import { setSealMarkAside } from '../config/seal-mark-file.ts';
import { readSealingSecret, secretLocation } from '../config/secrets.ts';
import { syncFolder } from '../config/sync-folder.ts';
import { systemCause } from '../events/event.ts';
import { systemClock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import type { Resumed } from '../lifecycle/restore/resume-from-backup.ts';
import { checkCopy, copyDatabase, dropNote, readNote } from '../store/sqlite/copy-database.ts';
import { lockDataDirectory } from '../store/sqlite/data-directory-lock.ts';
import { databaseFile } from '../store/sqlite/database-file.ts';
import { ensureAdminToken } from './admin-token.ts';
import { type BackupNote, parseNote } from './backup/backup-note.ts';
import type { RegisterCommand } from './command.ts';
import { startProgress } from './progress.ts';
import { facts, when } from './show.ts';
import type { Terminal } from './terminal.ts';

type Options = { readonly replace?: boolean; readonly force?: boolean };

export const registerRestore: RegisterCommand = (program, run) => {
  program
    .command('restore')
    .argument('[file]', 'what bin/scepward backup made; none with PostgreSQL, after pg_restore')
    .option('--replace', 'where there is a database already: set it aside, under a name of its own')
    .option('--force', 'although its seals are broken')
    .description(
      'go back to a backup, with every server stopped; revocation lists go on above all that were published since',
    )
    .action(
      run(async (terminal, [file], options) => {
        // It holds names of people: for its own user alone.
        process.umask(0o077);
        const config = parseConfig(readEnvironment(), { tlsListen: null });
        const isFile = typeof file === 'string';
        if (config.database.kind === 'postgres') {
          if (isFile)
            throw new Failure(
              'invalid',
              'wrong-use',
              `PostgreSQL is restored by pg_restore: pg_restore --clean --if-exists --dbname="$SCEPWARD_DATABASE_URL" ${file}. Then: bin/scepward restore`,
            );
          return resumePostgres(terminal, config, options);
        }
        if (!isFile) throw new Failure('invalid', 'wrong-use', 'Name the backup to restore.');
        return restore(terminal, config, resolve(file), options);
      }),
    );
};

async function restore(terminal: Terminal, config: Config, file: string, options: Options): Promise<0> {
  const data = resolve(config.data);
  const { file: secretFile } = secretLocation(data, config.secretFile);
  // Before anything is made.
  readSealingSecret(secretFile);
  if (!existsSync(file)) throw new Failure('invalid', 'file-unreadable', `There is no file ${file}.`, { file });
  checkCopy(file);
  const note = parseNote(readNote(file));
  ensureFolder(data);
  using _ = lockDataDirectory(data);
  const present = databaseFile(data);
  if (present.exists && options.replace !== true)
    throw new Failure(
      'conflict',
      'database-present',
      `There is a database in ${data} already. With --replace it is set aside; or restore to another folder (SCEPWARD_DATA).`,
      { folder: data },
    );
  // In the data directory, so that it can be moved in one step; of one that was killed the next one clears away.
  const work = join(data, 'restoring');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { mode: 0o700 });
  try {
    const progress = startProgress(terminal, 'Restore');
    progress.update(0, 3, 'copying');
    const copy = databaseFile(work).file;
    copyDatabase(file, copy);
    dropNote(copy);
    progress.update(1, 3, 'verifying keys and seals, signing revocation lists');
    const resumed = await resume({ ...config, data: work, secretFile }, { note, options, data });
    progress.update(2, 3, 'moving it into place');
    const ending = beforeRestore();
    const aside = present.exists ? setAside(present.file, ending) : null;
    renameSync(copy, present.file);
    syncFolder(data);
    // After the database: a mark that was set aside for nothing would hide what somebody cut off.
    const auditMark = setSealMarkAside(data, config.secretFile, ending);
    progress.end('Restore: done.');
    const about = { data, takenAt: note?.takenAt ?? null, aside, auditMark };
    terminal.result({ ...about, ...resumed }, () => told(resumed, about));
    return 0;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The administrator's token belongs to the data directory that the database will be in. */
async function resume(
  config: Config,
  { note, options, data }: { readonly note: BackupNote | null; readonly options: Options; readonly data: string },
): Promise<Resumed> {
  await using foundation = await openFoundation({
    config,
    clock: systemClock,
    log: createLog('silent'),
    secret: 'demand',
    cryptoThreads: 0,
  });
  const resumed = await resumeOpened(foundation, note?.takenAt ?? null, options);
  await ensureAdminToken(foundation.store, foundation.clock, data);
  return resumed;
}

async function resumePostgres(terminal: Terminal, config: Config, options: Options): Promise<0> {
  await using foundation = await openFoundation({
    config,
    clock: systemClock,
    log: createLog('silent'),
    secret: 'demand',
    cryptoThreads: 0,
  });
  const resumed = await resumeOpened(foundation, null, options);
  const about = {
    takenAt: null,
    auditMark: setSealMarkAside(resolve(config.data), config.secretFile, beforeRestore()),
  };
  terminal.result({ ...about, ...resumed }, () => told(resumed, about));
  return 0;
}

async function resumeOpened(foundation: Foundation, takenAt: number | null, { force }: Options): Promise<Resumed> {
  const { seals } = await examineStore(foundation.store, foundation.secret);
  if (seals !== null && seals.found > 0 && force !== true)
    throw new Failure(
      'conflict',
      'backup-seals-broken',
      `${seals.found} events or seals are not as they were written, the first: ${seals.findings[0]?.detail ?? ''} Somebody reached into it; with --force it is restored all the same.`,
      { found: seals.found },
    );
  return resumeInstallation(foundation, composeAuthority(foundation), { takenAt, cause: systemCause });
}

function beforeRestore(): string {
  return `.before-restore-${new Date(systemClock.now()).toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

/** With its log, under names that say when. The old one stays where it is until the new one takes its place. */
function setAside(file: string, ending: string): string {
  const aside = file + ending;
  // What they hold belongs to the old one: beside the new one they would destroy it.
  for (const end of ['-wal', '-shm']) if (existsSync(file + end)) renameSync(file + end, aside + end);
  linkSync(file, aside);
  return aside;
}

function told(
  { challenges, joinTokens, sessions, lists, silent }: Resumed,
  about: {
    readonly data?: string;
    readonly takenAt: number | null;
    readonly aside?: string | null;
    readonly auditMark: string | null;
  },
): string {
  const { data, takenAt, aside, auditMark } = about;
  return [
    facts({
      data,
      'taken at': takenAt === null ? null : when(takenAt),
      'set aside': aside,
      'mark of the audit log, set aside': auditMark,
      'challenges ended': challenges,
      'join tokens ended': joinTokens,
      'sessions ended': sessions,
      'revocation lists': lists.map(({ issuer, shard, number }) => `${issuer}/${shard} is number ${number}`).join(', '),
      'lists left as they are': silent.join(', '),
    }),
    'What happened since the backup is not in it: certificates issued since are answered “unknown” by OCSP and are on no list; devices get new ones at',
    'their next check-in. What was revoked, disabled or erased since is as it was: do it again (docs/operations.md).',
  ].join('\n');
}
