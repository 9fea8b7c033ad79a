/** Lets one holder in at a time, in the order of asking. */
export class Mutex {
  readonly #waiting: (() => void)[] = [];
  #held = false;

  /** Resolves, once it is the caller's turn, to what gives the turn back. */
  async acquire(): Promise<() => void> {
    if (this.#held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#held = true;
    return () => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#held = false;
      else next();
    };
  }
}
