import type { SqlValue } from '../sql.ts';

/** One statement with its parameters. */
export type RowBatch = { readonly text: string; readonly params: readonly SqlValue[] };

/** Rows per statement, most first: few, because each makes a text of its own, which every connection keeps prepared. */
const sizes = [256, 64, 16, 4, 1];

/**
 * What inserts many rows in few statements, with the outcome of one statement per row in this order: a row costs PostgreSQL
 * less than the statement around it. Anything but an INSERT of one row of parameters stays as it is.
 */
export function rowBatches(text: string, rows: readonly (readonly SqlValue[])[]): readonly RowBatch[] {
  const insert = rows.length < 2 ? null : readInsert(text);
  if (insert === null) return rows.map((params) => ({ text, params }));
  const batches: RowBatch[] = [];
  for (const run of runsOfDistinct(rows, insert.key)) {
    let at = 0;
    for (const size of sizes)
      for (; run.length - at >= size; at += size)
        batches.push({ text: insert.text(size), params: run.slice(at, at + size).flat() });
  }
  return batches;
}

type Insert = {
  /** Of so many rows. */
  text(rows: number): string;
  /** Where the columns stand by which a row replaces another; empty when none does. */
  readonly key: readonly number[];
};

const inserts = new Map<string, Insert | null>();

function readInsert(text: string): Insert | null {
  let known = inserts.get(text);
  if (known === undefined) {
    known = parseInsert(text);
    inserts.set(text, known);
  }
  return known;
}

function parseInsert(text: string): Insert | null {
  const parts = /^(INSERT INTO \w+ \(([^)]*)\)\s+VALUES )\((\$1(?:, \$\d+)*)\)([^$]*)$/.exec(text);
  if (parts === null) return null;
  const [, head = '', columnList = '', parameters = '', tail = ''] = parts;
  const columns = columnList.split(/\s*,\s*/);
  if (parameters !== columns.map((_, at) => `$${at + 1}`).join(', ')) return null;
  const replacing = /ON CONFLICT \(([^)]*)\) DO UPDATE/.exec(tail);
  const key = replacing === null ? [] : (replacing[1] ?? '').split(/\s*,\s*/).map((column) => columns.indexOf(column));
  if (key.includes(-1) || (replacing === null && tail.includes('DO UPDATE'))) return null;
  const row = (at: number) => `(${columns.map((_, column) => `$${at * columns.length + column + 1}`).join(', ')})`;
  const texts = new Map<number, string>();
  return {
    key,
    text(rows) {
      const made = texts.get(rows) ?? head + Array.from({ length: rows }, (_, at) => row(at)).join(', ') + tail;
      texts.set(rows, made);
      return made;
    },
  };
}

/** One statement cannot replace the same row twice. */
function* runsOfDistinct(
  rows: readonly (readonly SqlValue[])[],
  key: readonly number[],
): Generator<readonly (readonly SqlValue[])[]> {
  if (key.length === 0) return yield rows;
  let start = 0;
  let seen = new Set<string>();
  for (const [at, row] of rows.entries()) {
    const name = JSON.stringify(key.map((column) => row[column]));
    if (seen.has(name)) {
      yield rows.slice(start, at);
      start = at;
      seen = new Set();
    }
    seen.add(name);
  }
  yield rows.slice(start);
}
