/**
 * A plain view of what `node:crypto` returned. Its Buffers must not leave this folder: `Buffer.slice` gives a view where
 * `Uint8Array.slice` copies, and code that was written for the one goes wrong with the other.
 */
export function plainBytes(buffer: Uint8Array): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}
