/** A file to import, which can be read again and again: it is not held in memory. */
export type ImportFile = {
  /** Bytes. */
  readonly size: number;
  /** In pieces, each of which is good until the next one is asked for. */
  bytes(): AsyncIterable<Uint8Array>;
};

/** For small ones. */
export function importFileOf(text: string): ImportFile {
  const bytes = new TextEncoder().encode(text);
  return {
    size: bytes.length,
    async *bytes() {
      yield bytes;
    },
  };
}
