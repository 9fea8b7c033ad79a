import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Failure } from '../lib/failure.ts';
import { syncFolder } from './sync-folder.ts';

/**
 * Makes the folder, mode 0700, and what is missing above it. Failure `folder-unusable` says why it cannot be.
 * One level at a time: Node's own `recursive` never ends where a file system denies a folder as if its parent were missing.
 */
export function ensureFolder(folder: string): void {
  if (isFolder(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) ensureFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
    syncFolder(parent);
  } catch (error) {
    // Another process may have been quicker.
    if (!isFolder(folder)) throw unusable(folder, (error as NodeJS.ErrnoException).code ?? 'unknown', error);
  }
}

/** False when nothing is there. */
function isFolder(path: string): boolean {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found !== undefined && !found.isDirectory()) throw unusable(path, 'ENOTDIR', undefined);
    return found !== undefined;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unusable(path, (error as NodeJS.ErrnoException).code ?? 'unknown', error);
  }
}

function unusable(folder: string, code: string, cause: unknown): Failure {
  return new Failure(
    'misconfigured',
    'folder-unusable',
    `The folder ${folder} cannot be used (${code}). Choose another one, or make it and let this user write there.`,
    { folder, code },
    { cause },
  );
}
