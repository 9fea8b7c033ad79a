/** What is kept of a file between its two readings: the columns that tell which thing a row is about. */
import { fromUtf8, utf8 } from '../../lib/bytes.ts';
import { nextTask } from '../../lib/next-task.ts';
import { type Faults, type ImportKind, importFiles, newFaults } from './import-fault.ts';
import type { ImportFile } from './import-file.ts';
import { type Cells, type Columns, readRows, type TableRow, tableReader } from './read-table.ts';

export type Table<C extends Columns> = {
  readonly file: string;
  readonly size: number;
  /** With the kept cells alone and without their places, made anew at each walk. */
  rows(): AsyncIterable<TableRow<C>>;
  /** Of single cells and rows. */
  readonly faults: Faults;
  /** False when the text or its header does not parse: then nothing can be said about what it lacks. */
  readonly sound: boolean;
};

/** Reads a whole file and keeps some columns of it. */
export async function readTable<C extends Columns>(
  kind: ImportKind,
  source: ImportFile,
  columns: C,
  kept: readonly (keyof C & string)[],
  options: { readonly onBytes: (count: number) => void; readonly interned: (text: string) => string },
): Promise<Table<C>> {
  const file = importFiles[kind];
  const faults = newFaults();
  const reader = tableReader(file, columns, faults);
  const store = newColumns<C>(kept);
  for await (const rows of readRows(source, reader, options.onBytes))
    for (const row of rows) store.add(row, options.interned);
  return { file, faults, sound: reader.sound(), size: store.size(), rows: store.rows };
}

/** Names by which other files speak of a thing stand in them by the hundred thousand; other values are rarely repeated. */
const repeated = new Set(['userPrincipalName', 'groupName', 'deviceName', 'member', 'primaryUser']);

/** Then others have their turn. */
const rowsAtOnce = 1000;

/** Column by column: an object for each row of a large file would take several times its size. */
function newColumns<C extends Columns>(kept: readonly (keyof C & string)[]) {
  const lines = newNumbers();
  const columns = kept.map((name) => ({ name, values: [] as unknown[] }));
  return {
    add({ line, cells }: TableRow<C>, interned: (text: string) => string) {
      lines.push(line);
      for (const { name, values } of columns) {
        const value = cells[name];
        if (typeof value !== 'string') values.push(value);
        else values.push(repeated.has(name) ? interned(value) : ownCopy(value));
      }
    },
    size: () => lines.size(),
    async *rows(): AsyncGenerator<TableRow<C>> {
      for (let number = 0; number < lines.size(); number++) {
        const cells: Record<string, unknown> = {};
        for (const { name, values } of columns) if (values[number] !== undefined) cells[name] = values[number];
        if (number % rowsAtOnce === rowsAtOnce - 1) await nextTask();
        const line = lines.get(number);
        yield { number, line, cells: cells as Cells<C>, place: () => ({ line, column: 1 }) };
      }
    },
  };
}

/** A list of numbers below 2^32, four bytes each. */
function newNumbers() {
  let numbers = new Uint32Array(1024);
  let size = 0;
  return {
    push(number: number) {
      if (size === numbers.length) {
        const larger = new Uint32Array(2 * size);
        larger.set(numbers);
        numbers = larger;
      }
      numbers[size++] = number;
    },
    get: (at: number) => numbers[at] ?? 0,
    size: () => size,
  };
}

/** The same text for the same text. */
export function interning(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const own = known.get(text);
    if (own !== undefined) return own;
    const copy = ownCopy(text);
    known.set(copy, copy);
    return copy;
  };
}

/** A text that was cut from a larger one keeps all of that in memory. */
function ownCopy(text: string): string {
  return fromUtf8(utf8(text)) ?? text;
}
