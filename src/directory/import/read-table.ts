import { type CsvField, type CsvRow, csvReader } from '../../formats/csv/read-csv.ts';
import { Failure } from '../../lib/failure.ts';
import { didYouMean } from '../../lib/nearest.ts';
import type { CellParser, CellValue } from './cells.ts';
import { type Faults, type ImportFault, newFaults, type RowFault } from './import-fault.ts';
import type { ImportFile } from './import-file.ts';

/** `required`: the column must be there and its cells filled. */
export type Column = { readonly required: boolean; readonly parse: CellParser };
export type Columns = Readonly<Record<string, Column>>;

type ValueOf<C> = C extends { readonly parse: CellParser<infer Value> } ? Value : never;

/** By column: what its cell says; null when it is empty; absent when it is wrong or the file has no such column. */
export type Cells<C extends Columns> = { readonly [Name in keyof C]?: ValueOf<C[Name]> | null };

export type TableRow<C extends Columns> = {
  /** Of the file's rows, from 0. */
  readonly number: number;
  readonly line: number;
  readonly cells: Cells<C>;
  /** Where a cell stands; the row's beginning when the file lacks the column. */
  place(name: string): Place;
};

type Place = { readonly line: number; readonly column: number };

/** Reads a table from text that comes in pieces. Every fault is collected; rows with faults come too. */
export type TableReader<C extends Columns> = {
  push(text: string): readonly TableRow<C>[];
  end(): readonly TableRow<C>[];
  /** False when the text or its header does not parse: then nothing more comes, and nothing can be said of what it lacks. */
  sound(): boolean;
};

/** The first line names the columns, in any order. */
export function tableReader<C extends Columns>(file: string, columns: C, faults: Faults): TableReader<C> {
  const csv = csvReader();
  let sound = true;
  let begun = false;
  let number = 0;
  let names: readonly string[] | null = null;
  const rowsOf = (rows: Iterable<CsvRow>): readonly TableRow<C>[] => {
    const read: TableRow<C>[] = [];
    try {
      for (const row of rows) {
        if (names === null) names = readHeader(file, row, columns, faults);
        else read.push(readRow(file, number++, row, names, columns, faults));
        if (names !== null) continue;
        sound = false;
        break;
      }
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      const { line, column } = error.params;
      faults.push({ file, line: Number(line), column: Number(column), code: error.code, detail: error.message });
      sound = false;
    }
    return read;
  };
  return {
    push(text) {
      if (!sound) return [];
      const strange = begun ? null : strangeBeginning(file, text);
      begun ||= text !== '';
      if (strange === null) return rowsOf(csv.push(text));
      faults.push(strange);
      sound = false;
      return [];
    },
    end() {
      if (!sound) return [];
      const rows = rowsOf(csv.end());
      if (sound && names === null) sound = readHeader(file, undefined, columns, faults) !== null;
      return rows;
    },
    sound: () => sound,
  };
}

/** The rows of a file, some at a time. `onBytes` is told how many bytes have been read. */
export async function* readRows<C extends Columns>(
  { bytes }: ImportFile,
  reader: TableReader<C>,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<readonly TableRow<C>[]> {
  // What is not UTF-8 becomes U+FFFD, and a fault of the cell that holds it.
  const decoder = new TextDecoder();
  for await (const chunk of bytes()) {
    yield reader.push(decoder.decode(chunk, { stream: true }));
    onBytes(chunk.length);
    if (!reader.sound()) return;
  }
  yield [...reader.push(decoder.decode()), ...reader.end()];
}

const notUtf8 = 'not UTF-8, or U+FFFD, which an earlier wrong conversion left. Save the file as CSV UTF-8.';

const save = 'Open it in its program and save it as CSV UTF-8.';

/** What other files begin with, as it looks when it is read as UTF-8. */
const otherFiles: readonly (readonly [beginning: string, what: string])[] = [
  ['PK\u0003\u0004', `an Excel workbook or another archive, whatever its name. ${save}`],
  ['\ufffd\ufffd\u0011\u0871', `an old Excel workbook, whatever its name. ${save}`],
  ['%PDF', `a PDF, whatever its name. ${save}`],
  ['<', 'a web page or XML, whatever its name. Download the table itself, as CSV UTF-8.'],
  ['{', 'JSON, whatever its name. Export it as CSV UTF-8.'],
  // A byte order mark of UTF-16 is never UTF-8.
  ['\ufffd\ufffd', 'UTF-16 (“Unicode text”), or no text at all. Save it as CSV UTF-8.'],
];

/** What is no comma-separated text at all. */
function strangeBeginning(file: string, text: string): ImportFault | null {
  const other = otherFiles.find(([beginning]) => text.startsWith(beginning));
  if (other !== undefined) return { file, line: 1, column: 1, code: 'not-csv', detail: `The file is ${other[1]}` };
  const [first = ''] = text.split(/[\r\n]/, 1);
  const at = first.search(/[\0\ufffd]/);
  if (at < 0) return otherSeparator(file, first.replace(/^\ufeff/, ''));
  return {
    file,
    line: 1,
    column: [...first.slice(0, at)].length + 1,
    code: 'not-utf8',
    detail: `The file is ${notUtf8}`,
  };
}

/** What spreadsheets write where the comma is the decimal sign. */
function otherSeparator(file: string, first: string): ImportFault | null {
  const at = first.includes(',') ? -1 : first.search(/[;\t]/);
  if (at < 0) return null;
  const what = first[at] === ';' ? 'semicolons' : 'tabs';
  const detail = `The fields are separated by ${what}. Use commas: save it as comma-separated CSV UTF-8.`;
  return { file, line: 1, column: [...first.slice(0, at)].length + 1, code: 'wrong-separator', detail };
}

/** The faults with their places, for which the file is read once more. They are in the order of rows. */
export async function placed<C extends Columns>(
  file: string,
  source: ImportFile,
  columns: C,
  faults: readonly RowFault[],
): Promise<readonly ImportFault[]> {
  const found: ImportFault[] = [];
  const reader = tableReader(file, columns, newFaults());
  let at = 0;
  for await (const rows of readRows(source, reader)) {
    for (const row of rows) {
      for (let fault = faults[at]; fault?.row === row.number; fault = faults[++at]) {
        const { name, code, detail } = fault;
        found.push({ file, ...row.place(name), code, detail });
      }
    }
    if (at >= faults.length) break;
  }
  return found;
}

function readHeader<C extends Columns>(
  file: string,
  row: CsvRow | undefined,
  columns: C,
  faults: Faults,
): readonly string[] | null {
  const before = faults.count();
  const fields = row?.fields ?? [];
  const seen = new Set<string>();
  for (const { text, line, column } of fields) {
    if (!Object.hasOwn(columns, text)) {
      const known = Object.keys(columns);
      const hint = didYouMean(text, known, `Known are ${known.join(', ')}.`);
      faults.push({ file, line, column, code: 'unknown-column', detail: `There is no column "${text}". ${hint}` });
    } else if (seen.has(text)) {
      faults.push({ file, line, column, code: 'duplicate-column', detail: `The column "${text}" stands here twice.` });
    }
    seen.add(text);
  }
  for (const [name, { required }] of Object.entries(columns)) {
    if (!required || seen.has(name)) continue;
    const detail = `The column "${name}" is missing from the first line.`;
    faults.push({ file, line: row?.line ?? 1, column: 1, code: 'missing-column', detail });
  }
  return faults.count() > before ? null : fields.map(({ text }) => text);
}

function readRow<C extends Columns>(
  file: string,
  number: number,
  row: CsvRow,
  names: readonly string[],
  columns: C,
  faults: Faults,
): TableRow<C> {
  const cells: Record<string, CellValue | null> = {};
  for (const [at, name] of names.entries()) {
    const field = row.fields[at];
    const column = columns[name];
    if (field === undefined || column === undefined) break;
    const value = readCell(file, field, name, column, faults);
    if (value !== undefined) cells[name] = value;
  }
  if (row.fields.length !== names.length) faults.push(wrongLength(file, row, names.length));
  // Built by the names and parsers of `columns`.
  const place = (name: string) => {
    const { line, column } = row.fields[names.indexOf(name)] ?? { line: row.line, column: 1 };
    return { line, column };
  };
  return { number, line: row.line, cells: cells as Cells<C>, place };
}

function readCell(
  file: string,
  field: CsvField,
  name: string,
  column: Column,
  faults: Faults,
): CellValue | null | undefined {
  const { text } = field;
  if (text === '') {
    if (column.required) {
      const detail = `"${name}" must not be empty.`;
      faults.push({ file, line: field.line, column: field.column, code: 'missing-value', detail });
    }
    return null;
  }
  if (text.includes('\ufffd')) {
    const detail = `${name}: the value holds bytes that are ${notUtf8}`;
    faults.push({ file, line: field.line, column: field.column, code: 'not-utf8', detail });
    return undefined;
  }
  const parsed = column.parse(text);
  if ('value' in parsed) return parsed.value;
  faults.push({
    file,
    line: field.line,
    column: field.column,
    code: parsed.fault,
    detail: `${name}: ${parsed.detail}`,
  });
  return undefined;
}

function wrongLength(file: string, row: CsvRow, expected: number): ImportFault {
  const extra = row.fields[expected];
  const last = row.fields[row.fields.length - 1];
  const detail = `The row has ${row.fields.length} fields where the first line has ${expected}.`;
  const { line, column } = extra ?? last ?? { line: row.line, column: 1 };
  return { file, line, column, code: extra === undefined ? 'too-few-fields' : 'too-many-fields', detail };
}
