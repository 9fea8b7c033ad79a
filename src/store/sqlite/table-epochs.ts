/**
 * Counts for each table the transactions that wrote to it. This process is the only one that writes
 * (`data-directory-lock`), so that its own commits are all there are. Issuances go past it (`sqlite-ledger`).
 */
export class TableEpochs {
  readonly #epochs = new Map<string, number>();
  /** Tables that the open transaction has written to. */
  readonly #written = new Set<string>();
  readonly #tables = new Map<string, string>();

  /** Null for a transaction that has written to it itself. */
  of(table: string, inTransaction: boolean): number | null {
    return inTransaction && this.#written.has(table) ? null : (this.#epochs.get(table) ?? 0);
  }

  writes(text: string): void {
    let table = this.#tables.get(text);
    if (table === undefined) {
      table = tableOf(text);
      this.#tables.set(text, table);
    }
    this.#written.add(table);
  }

  committed(): void {
    for (const table of this.#written) this.#epochs.set(table, (this.#epochs.get(table) ?? 0) + 1);
    this.#written.clear();
  }

  rolledBack(): void {
    this.#written.clear();
  }
}

/** Of a statement that writes. */
export function tableOf(text: string): string {
  const table = /^\s*(?:INSERT(?: OR [A-Z]+)? INTO|UPDATE|DELETE FROM)\s+(\w+)/.exec(text)?.[1];
  if (table === undefined) throw new Error(`It cannot be told which table this writes to: ${text.slice(0, 60)}`);
  return table;
}
