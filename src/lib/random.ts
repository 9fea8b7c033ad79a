/** Drawn ahead: asking the generator costs as much as some thousand bytes of its output. */
const stock = new Uint8Array(4096);
let used = stock.length;

/** `length` bytes from the platform's cryptographic generator. */
export function randomBytes(length: number): Uint8Array {
  if (length <= 64) return fromStock(length);
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

/** What is handed out is forgotten here. */
function fromStock(length: number): Uint8Array {
  if (used + length > stock.length) {
    crypto.getRandomValues(stock);
    used = 0;
  }
  const bytes = stock.slice(used, used + length);
  stock.fill(0, used, used + length);
  used += length;
  return bytes;
}

/** A uniformly random integer in [0, bound). `bound` at most 2^32. */
export function randomInteger(bound: number): number {
  const limit = 2 ** 32 - (2 ** 32 % bound);
  const word = new Uint32Array(1);
  do crypto.getRandomValues(word);
  while ((word[0] as number) >= limit);
  return (word[0] as number) % bound;
}

/** A new array with the items in random order (Fisher-Yates). */
export function shuffled<T>(items: readonly T[]): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = randomInteger(last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
