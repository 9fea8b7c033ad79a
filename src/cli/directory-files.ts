import { statSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportKind, importFiles } from '../directory/import/import-fault.ts';
import { Failure } from '../lib/failure.ts';
import { readTextFile } from './read-text-file.ts';

/** The texts of an import folder's CSV files; null for those that are not there. Failures: `no-import-files`, those of `readTextFile`. */
export function readDirectoryFiles(folder: string): Readonly<Record<ImportKind, string | null>> {
  const read = (kind: ImportKind) => readTextFile(join(folder, importFiles[kind]));
  const files = { users: read('users'), groups: read('groups'), members: read('members'), devices: read('devices') };
  if (Object.values(files).some((text) => text !== null)) return files;
  const there = statSync(folder, { throwIfNoEntry: false });
  const names = Object.values(importFiles).join(', ');
  const message =
    there === undefined
      ? `There is no folder ${folder}.`
      : there.isDirectory()
        ? `${folder} holds none of ${names}.`
        : `${folder} is a file. Name the folder that it is in: all of ${names} there are imported together.`;
  throw new Failure('invalid', 'no-import-files', message, { folder });
}
