import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ImportKind, importFiles } from '../directory/import/import-fault.ts';
import { Failure } from '../lib/failure.ts';

/** Where an import folder's CSV files are; null for those that are not there. Failures: `no-import-files`. */
export function directoryFiles(folder: string): Readonly<Record<ImportKind, string | null>> {
  const find = (kind: ImportKind) => {
    const path = join(folder, importFiles[kind]);
    return existsSync(path) ? path : null;
  };
  const files = { users: find('users'), groups: find('groups'), members: find('members'), devices: find('devices') };
  if (Object.values(files).some((path) => path !== null)) return files;
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
