/**
 * A database file copied while a server writes to it: one transaction reads it from end to end, and nobody waits for that. What
 * is to be known of the copy lies in it as a table of its own, so that a backup is one file.
 */
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { Failure } from '../../lib/failure.ts';
import { sqliteFailure } from './sqlite-failure.ts';

const noteTable = 'scepward_backup';

/** `to` must not be there. Durable when it returns. Failures `database-unusable`, `database-damaged`. */
export function copyDatabase(from: string, to: string): void {
  using database = open(from, true);
  guarded(from, () => database.value.prepare('VACUUM INTO ?').run(to));
  sync(to);
}

/** Failure `backup-damaged`; `not-a-backup` for what holds nothing of ours. */
export function checkCopy(file: string): void {
  using database = open(file, true);
  const wrong = faultsOf(database.value);
  if (wrong.length > 0)
    throw new Failure('conflict', 'backup-damaged', `${file} is damaged: ${wrong.join('; ')}. Use another backup.`, {
      file,
    });
  if (!has(database.value, 'schema_migration'))
    throw new Failure('invalid', 'not-a-backup', `${file} is a database, but none of Scepward.`, { file });
}

function faultsOf(database: DatabaseSync): readonly string[] {
  try {
    const lines = database.prepare('PRAGMA quick_check(5)').all() as { quick_check: string }[];
    return lines.map(({ quick_check }) => quick_check).filter((line) => line !== 'ok');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** Makes one file of it that needs no other beside it. */
export function writeNote(file: string, note: string): void {
  using database = open(file, false);
  guarded(file, () => {
    database.value.exec(`PRAGMA journal_mode = DELETE;
      CREATE TABLE IF NOT EXISTS ${noteTable} (note TEXT NOT NULL) STRICT; DELETE FROM ${noteTable};`);
    database.value.prepare(`INSERT INTO ${noteTable} (note) VALUES (?)`).run(note);
  });
  database[Symbol.dispose]();
  sync(file);
}

/** Null: it was copied by other means. */
export function readNote(file: string): string | null {
  using database = open(file, true);
  return guarded(file, () => {
    if (!has(database.value, noteTable)) return null;
    const row = database.value.prepare(`SELECT note FROM ${noteTable}`).get() as { note: string } | undefined;
    return row?.note ?? null;
  });
}

export function dropNote(file: string): void {
  using database = open(file, false);
  guarded(file, () => database.value.exec(`DROP TABLE IF EXISTS ${noteTable}`));
}

function has(database: DatabaseSync, table: string): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table) !== undefined;
}

function open(file: string, readOnly: boolean): { readonly value: DatabaseSync } & Disposable {
  const value = guarded(file, () => new DatabaseSync(file, { readOnly, timeout: 10_000 }));
  return {
    value,
    [Symbol.dispose]: () => {
      if (value.isOpen) value.close();
    },
  };
}

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw sqliteFailure(file, error);
  }
}

function sync(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
