import { createReadStream, statSync } from 'node:fs';
import type { ImportFile } from './import-file.ts';

export function fileOnDisk(path: string): ImportFile {
  return { size: statSync(path).size, bytes: () => createReadStream(path) };
}
