import { writeFileSync } from 'node:fs';
import { concatBytes } from '../../src/lib/bytes.ts';

/** Four bytes of length, then the message; again and again: what `replay.ts` reads. */
export function writeMessages(file: string, messages: readonly Uint8Array[]): void {
  const parts = messages.flatMap((message) => {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, message.length);
    return [length, message];
  });
  writeFileSync(file, concatBytes(parts));
}
