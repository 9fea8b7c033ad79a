/** Ids as numbers: a UUID is four words of 32 bits, in whose order it sorts as its text does. */

export const wordsPerId = 4;

/** Room for so many ids. */
export function idWords(count: number): Uint32Array {
  return new Uint32Array(count * wordsPerId);
}

/** Null is all zeros. */
export function writeId(into: Uint32Array, at: number, id: string | null): void {
  const from = at * wordsPerId;
  for (let word = 0; word < wordsPerId; word++) into[from + word] = id === null ? 0 : wordOf(id, word);
}

export function readId(words: Uint32Array, at: number): string {
  let hex = '';
  for (let word = at * wordsPerId; word < (at + 1) * wordsPerId; word++)
    hex += (words[word] as number).toString(16).padStart(8, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export function isNoId(words: Uint32Array, at: number): boolean {
  const from = at * wordsPerId;
  return words[from] === 0 && words[from + 1] === 0 && words[from + 2] === 0 && words[from + 3] === 0;
}

/** Below 0: the first sorts before the second. */
export function compareIds(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
  for (let word = 0; word < wordsPerId; word++) {
    const difference = (a[atA * wordsPerId + word] as number) - (b[atB * wordsPerId + word] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** How many of the first `count`, which ascend, sort before the id. */
export function countBefore(words: Uint32Array, count: number, id: Uint32Array, at: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareIds(words, middle, id, at) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The words of a text that is an id, or the beginning of one: what is missing counts as zeros. */
export function wordsOfId(id: string): Uint32Array {
  const words = idWords(1);
  writeId(words, 0, id);
  return words;
}

/** Where the digits of each word stand in the text. */
const places = [
  [[0, 8]],
  [
    [9, 13],
    [14, 18],
  ],
  [
    [19, 23],
    [24, 28],
  ],
  [[28, 36]],
] as const;

function wordOf(id: string, word: number): number {
  let hex = '';
  for (const [from, to] of places[word] ?? []) hex += id.slice(from, to);
  return Number.parseInt(hex.padEnd(8, '0'), 16) || 0;
}
