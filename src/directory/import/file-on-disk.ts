import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { ImportFile } from './import-file.ts';

const bytesAtOnce = 65_536;

export function fileOnDisk(path: string): ImportFile {
  return {
    size: statSync(path).size,
    async *bytes() {
      await using file = await open(path);
      // One for all: memory outside of the heap is collected late, and a large import would pile it up.
      const buffer = new Uint8Array(bytesAtOnce);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    },
  };
}
