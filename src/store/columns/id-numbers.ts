import { idWords, isNoId, wordsPerId } from './id-words.ts';

/** Gives every id a number, from 1 on in the order in which they come; what is no id has 0. */
export class IdNumbers {
  #size = 0;
  #ids = idWords(1024);
  #slots = new Uint32Array(2048);

  /** The highest number. */
  get size(): number {
    return this.#size;
  }

  /** Its number; a new one if it has none. */
  numberOf(words: Uint32Array, at: number): number {
    if (isNoId(words, at)) return 0;
    const slot = this.#slotOf(words, at);
    const known = this.#slots[slot] as number;
    if (known !== 0) return known;
    if (this.#size * wordsPerId >= this.#ids.length) this.#grow();
    this.#ids.set(words.subarray(at * wordsPerId, (at + 1) * wordsPerId), this.#size * wordsPerId);
    const number = ++this.#size;
    this.#slots[this.#slotOf(words, at)] = number;
    return number;
  }

  /** 0 if it has none. */
  find(words: Uint32Array, at: number): number {
    return isNoId(words, at) ? 0 : (this.#slots[this.#slotOf(words, at)] as number);
  }

  #slotOf(words: Uint32Array, at: number): number {
    const from = at * wordsPerId;
    const mask = this.#slots.length - 1;
    // The last words of a UUIDv7 are random; those before tell apart what is not.
    let hash = Math.imul((words[from + 3] as number) ^ Math.imul(words[from + 2] as number, 0x9e3779b1), 0x85ebca6b);
    hash ^= Math.imul((words[from] as number) ^ (words[from + 1] as number), 0xc2b2ae35);
    for (let slot = (hash ^ (hash >>> 15)) & mask; ; slot = (slot + 1) & mask) {
      const number = this.#slots[slot] as number;
      if (number === 0 || this.#isAt(number, words, from)) return slot;
    }
  }

  #isAt(number: number, words: Uint32Array, from: number): boolean {
    const at = (number - 1) * wordsPerId;
    for (let word = 0; word < wordsPerId; word++) if (this.#ids[at + word] !== words[from + word]) return false;
    return true;
  }

  #grow(): void {
    const ids = idWords(this.#size * 2);
    ids.set(this.#ids);
    this.#ids = ids;
    this.#slots = new Uint32Array(this.#slots.length * 2);
    for (let at = 0; at < this.#size; at++) this.#slots[this.#slotOf(ids, at)] = at + 1;
  }
}
