import { type CsvField, type CsvRow, readCsv } from '../../formats/csv/read-csv.ts';
import { Failure } from '../../lib/failure.ts';
import type { CellParser, CellValue } from './cells.ts';
import type { ImportFault } from './import-fault.ts';
import { didYouMean } from './nearest.ts';

/** `required`: the column must be there and its cells filled. */
export type Column = { readonly required: boolean; readonly parse: CellParser };
export type Columns = Readonly<Record<string, Column>>;

type ValueOf<C> = C extends { readonly parse: CellParser<infer Value> } ? Value : never;

/** By column: what its cell says; null when it is empty; absent when it is wrong or the file has no such column. */
export type Cells<C extends Columns> = { readonly [Name in keyof C]?: ValueOf<C[Name]> | null };

export type TableRow<C extends Columns> = {
  readonly line: number;
  readonly cells: Cells<C>;
  /** Where each cell stands: line * 2^20 + column. */
  readonly places: { readonly [Name in keyof C]?: number };
};

export type Table<C extends Columns> = {
  readonly file: string;
  readonly rows: readonly TableRow<C>[];
  readonly faults: ImportFault[];
  /** False when the text or its header does not parse: then nothing can be said about what it lacks. */
  readonly sound: boolean;
};

const placeUnit = 2 ** 20;

/** The first line names the columns, in any order. Every fault is collected; rows with faults stay in. */
export function readTable<C extends Columns>(file: string, text: string, columns: C): Table<C> {
  const faults: ImportFault[] = [];
  const rows: TableRow<C>[] = [];
  const separated = otherSeparator(file, text);
  if (separated !== null) return { file, rows, faults: [separated], sound: false };
  try {
    const lines = readCsv(text);
    const header = lines.next();
    const names = readHeader(file, header.done ? undefined : header.value, columns, faults);
    if (names === null) return { file, rows, faults, sound: false };
    for (const row of lines) rows.push(readRow(file, row, names, columns, faults));
    return { file, rows, faults, sound: true };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const { line, column } = error.params;
    faults.push({ file, line: Number(line), column: Number(column), code: error.code, detail: error.message });
    return { file, rows, faults, sound: false };
  }
}

/** What spreadsheets write where the comma is the decimal sign. */
function otherSeparator(file: string, text: string): ImportFault | null {
  const [first = ''] = text.replace(/^\ufeff/, '').split(/[\r\n]/, 1);
  const at = first.includes(',') ? -1 : first.search(/[;\t]/);
  if (at < 0) return null;
  const what = first[at] === ';' ? 'semicolons' : 'tabs';
  const detail = `The fields are separated by ${what}. Use commas: save it as comma-separated CSV UTF-8.`;
  return { file, line: 1, column: [...first.slice(0, at)].length + 1, code: 'wrong-separator', detail };
}

/** A fault at a cell, or at the row's beginning when the file lacks the column. */
export function faultAt<C extends Columns>(
  file: string,
  row: TableRow<C>,
  name: keyof C,
  code: string,
  detail: string,
): ImportFault {
  const place = row.places[name] ?? row.line * placeUnit + 1;
  return { file, line: Math.floor(place / placeUnit), column: place % placeUnit, code, detail };
}

function readHeader<C extends Columns>(
  file: string,
  row: CsvRow | undefined,
  columns: C,
  faults: ImportFault[],
): readonly string[] | null {
  const before = faults.length;
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
  return faults.length > before ? null : fields.map(({ text }) => text);
}

function readRow<C extends Columns>(
  file: string,
  row: CsvRow,
  names: readonly string[],
  columns: C,
  faults: ImportFault[],
): TableRow<C> {
  const cells: Record<string, CellValue | null> = {};
  const places: Record<string, number> = {};
  for (const [at, name] of names.entries()) {
    const field = row.fields[at];
    const column = columns[name];
    if (field === undefined || column === undefined) break;
    places[name] = field.line * placeUnit + field.column;
    const value = readCell(file, field, name, column, faults);
    if (value !== undefined) cells[name] = value;
  }
  if (row.fields.length !== names.length) faults.push(wrongLength(file, row, names.length));
  // Built by the names and parsers of `columns`.
  return { line: row.line, cells: cells as Cells<C>, places: places as TableRow<C>['places'] };
}

function readCell(
  file: string,
  field: CsvField,
  name: string,
  column: Column,
  faults: ImportFault[],
): CellValue | null | undefined {
  const { text } = field;
  if (text === '') {
    if (column.required) {
      const detail = `"${name}" must not be empty.`;
      faults.push({ file, line: field.line, column: field.column, code: 'missing-value', detail });
    }
    return null;
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
