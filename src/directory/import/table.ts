/** What is kept of a file between its two readings: the columns that tell which thing a row is about. */
import { fromUtf8, utf8 } from '../../lib/bytes.ts';
import { nextTask } from '../../lib/next-task.ts';
import { type Faults, type ImportKind, importFiles, newFaults } from './import-fault.ts';
import type { ImportFile } from './import-file.ts';
import { type Cells, type Columns, readRows, type TableRow, tableReader } from './read-table.ts';

export type Table<C extends Columns> = {
  readonly file: string;
  readonly size: number;
  /** With the kept cells alone and without their places; walked once, and forgotten while they are. */
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

/** Texts that stand in the files by the hundred thousand: names by which other files speak of a thing, and words. */
const repeated = new Set([
  'userPrincipalName',
  'groupName',
  'deviceName',
  'member',
  'primaryUser',
  'memberKind',
  'kind',
  'platform',
  'management',
]);

/** Rows that are kept, and forgotten, together. */
const blockSize = 8192;
/** Then others have their turn. */
const rowsAtOnce = 1024;

/** Column by column: an object for each row of a large file would take several times its size. */
type Block = { readonly lines: number[]; readonly columns: readonly unknown[][] };

function newColumns<C extends Columns>(kept: readonly (keyof C & string)[]) {
  const blocks: (Block | null)[] = [];
  let size = 0;
  return {
    add({ line, cells }: TableRow<C>, interned: (text: string) => string) {
      const at = size++ % blockSize;
      if (at === 0) blocks.push({ lines: [], columns: kept.map(() => []) });
      const { lines, columns } = blocks.at(-1) as Block;
      lines.push(line);
      for (const [column, name] of kept.entries()) {
        const value = cells[name];
        const text = typeof value === 'string';
        columns[column]?.push(!text ? value : repeated.has(name) ? interned(value) : ownCopy(value));
      }
    },
    size: () => size,
    async *rows(): AsyncGenerator<TableRow<C>> {
      for (const [position, block] of blocks.entries()) {
        if (block === null) throw new Error('The rows of a table that is imported are walked once.');
        blocks[position] = null;
        for (const [at, line] of block.lines.entries()) {
          const cells: Record<string, unknown> = {};
          for (const [column, name] of kept.entries()) {
            const value = block.columns[column]?.[at];
            if (value !== undefined) cells[name] = value;
          }
          if (at % rowsAtOnce === rowsAtOnce - 1) await nextTask();
          const number = position * blockSize + at;
          yield { number, line, cells: cells as Cells<C>, place: () => ({ line, column: 1 }) };
        }
      }
    },
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
