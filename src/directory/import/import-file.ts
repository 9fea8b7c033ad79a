/** A file to import, which can be read again and again: it is not held in memory. */
export type ImportFile = {
  /** Bytes. */
  readonly size: number;
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
