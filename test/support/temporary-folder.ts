import { chmodSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type TemporaryFolder = AsyncDisposable & {
  readonly path: string;
  /** An absolute path inside it. */
  file(...parts: string[]): string;
};

/** A new folder, mode 0700, that goes with its scope: `await using folder = temporaryFolder()`. */
export function temporaryFolder(name = 'test'): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `scepward-${name}-`));
  chmodSync(path, 0o700);
  return {
    path,
    file: (...parts) => join(path, ...parts),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 3 }),
  };
}
