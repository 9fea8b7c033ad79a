/** Files on their way in: in the data directory, for this user alone, and gone when they have been read. */
import { createWriteStream, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ensureFolder } from '../config/ensure-folder.ts';
import { fileOnDisk } from '../directory/import/file-on-disk.ts';
import type { ImportFile } from '../directory/import/import-file.ts';
import { toHex } from '../lib/bytes.ts';
import { randomBytes } from '../lib/random.ts';

export type ReceivedFile = ImportFile & AsyncDisposable;

export type UploadFolder = {
  receive(bytes: AsyncIterable<Uint8Array>): Promise<ReceivedFile>;
};

/** Removes what a server that was killed has left. */
export function openUploadFolder(data: string): UploadFolder {
  const folder = join(data, 'uploads');
  rmSync(folder, { recursive: true, force: true });
  return {
    async receive(bytes) {
      ensureFolder(folder);
      const path = join(folder, toHex(randomBytes(16)));
      const remove = () => rm(path, { force: true });
      try {
        await pipeline(Readable.from(bytes), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
        return { ...fileOnDisk(path), [Symbol.asyncDispose]: remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}
