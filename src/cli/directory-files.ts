import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportKind, importFiles } from '../directory/import/import-fault.ts';
import { Failure } from '../lib/failure.ts';

/** The texts of an import folder's CSV files; null for those that are not there. Failure `no-import-files`. */
export function readDirectoryFiles(folder: string): Readonly<Record<ImportKind, string | null>> {
  const read = (kind: ImportKind) => readIfThere(join(folder, importFiles[kind]));
  const files = { users: read('users'), groups: read('groups'), members: read('members'), devices: read('devices') };
  if (Object.values(files).some((text) => text !== null)) return files;
  const there = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
  const names = Object.values(importFiles).join(', ');
  const message = there ? `${folder} holds none of ${names}.` : `There is no folder ${folder}.`;
  throw new Failure('invalid', 'no-import-files', message, { folder });
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new Failure('invalid', 'file-unreadable', `${file} cannot be read (${code}).`, { file }, { cause });
  }
}
