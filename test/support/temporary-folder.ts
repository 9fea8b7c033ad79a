import { chmodSync, existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TemporaryFolder = AsyncDisposable & {
  readonly path: string;
  /** An absolute path inside it. */
  file(...parts: string[]): string;
};

/** A new folder, mode 0700, that goes with its scope: `await using folder = temporaryFolder()`. */
export function temporaryFolder(name = 'test', parent = tmpdir()): TemporaryFolder {
  const path = mkdtempSync(join(parent, `scepward-${name}-`));
  chmodSync(path, 0o700);
  return {
    path,
    file: (...parts) => join(path, ...parts),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}

/** In memory where the machine has room for it: for what writes much and is not about durability. */
export function folderInMemory(name: string): TemporaryFolder {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return temporaryFolder(name);
  const { bavail, bsize } = statfsSync(memory);
  return bavail * bsize > 2 ** 31 ? temporaryFolder(name, memory) : temporaryFolder(name);
}
