import { Failure } from '../../lib/failure.ts';

/** A field with the place where it begins, its opening quote included. Lines and columns count from 1, columns in characters. */
export type CsvField = { readonly text: string; readonly line: number; readonly column: number };

export type CsvRow = { readonly line: number; readonly fields: readonly CsvField[] };

/** Reads rows from text that comes in pieces, cut anywhere. `end` gives what is left. */
export type CsvReader = { push(text: string): Generator<CsvRow>; end(): Generator<CsvRow> };

/** Characters. A longer row is a quote that nobody closed, and would be held in memory whole. */
const longestRow = 2 ** 20;

/**
 * The rows of RFC 4180 text, one at a time. A byte order mark is skipped; lines end in CRLF, LF or CR; empty lines are
 * skipped. Throws `Failure` `malformed` with `params.line` and `params.column`: `csv-quote-open` for a quoted field
 * without end, `csv-after-quote` for text after a closing quote, `csv-stray-quote` for a quote inside a bare field,
 * `csv-row-too-long` for a row of more than 2^20 characters.
 */
export function* readCsv(text: string, separator = ','): Generator<CsvRow> {
  const reader = csvReader(separator);
  yield* reader.push(text);
  yield* reader.end();
}

/** As `readCsv`. */
export function csvReader(separator = ','): CsvReader {
  const scanner: Scanner = { text: '', separator, whole: false, at: 0, line: 1, column: 1, counted: 0, open: null };
  let begun = false;
  return {
    *push(text) {
      scanner.text = scanner.text.slice(scanner.at) + text;
      scanner.counted -= scanner.at;
      scanner.at = 0;
      if (!begun && scanner.text.startsWith('\ufeff')) scanner.at = scanner.counted = 1;
      begun ||= scanner.text !== '';
      yield* rows(scanner);
    },
    *end() {
      scanner.whole = true;
      yield* rows(scanner);
    },
  };
}

type Scanner = {
  text: string;
  readonly separator: string;
  /** Nothing comes after `text`. */
  whole: boolean;
  at: number;
  line: number;
  /** Column of the character at `counted`, so that each is counted once. */
  column: number;
  counted: number;
  /** Where a quoted field begins whose end is not in `text`. */
  open: { readonly line: number; readonly column: number } | null;
};

function* rows(scanner: Scanner): Generator<CsvRow> {
  while (scanner.at < scanner.text.length) {
    const { at, line, column, counted } = scanner;
    scanner.open = null;
    const row = lineBreakAt(scanner) ? null : readRow(scanner);
    // What reaches the end may go on in the next piece: it is read again then.
    if (!scanner.whole && scanner.at >= scanner.text.length) {
      refuseTooLong(scanner, at, line);
      Object.assign(scanner, { at, line, column, counted });
      return;
    }
    if (row !== null) yield row;
  }
}

function refuseTooLong({ text, open }: Scanner, at: number, line: number): void {
  if (text.length - at <= longestRow) return;
  if (open !== null) throw quoteOpen(open);
  throw fault('csv-row-too-long', `The row has more than ${longestRow} characters.`, line, 1);
}

function readRow(scanner: Scanner): CsvRow {
  const { line } = scanner;
  const fields: CsvField[] = [];
  for (;;) {
    const place = { line: scanner.line, column: columnOf(scanner) };
    const text = scanner.text[scanner.at] === '"' ? readQuoted(scanner, place) : readBare(scanner);
    fields.push({ text, ...place });
    if (scanner.text[scanner.at] === scanner.separator) scanner.at++;
    else {
      lineBreakAt(scanner);
      return { line, fields };
    }
  }
}

function readBare(scanner: Scanner): string {
  const { text, separator } = scanner;
  const start = scanner.at;
  for (; scanner.at < text.length; scanner.at++) {
    const character = text[scanner.at];
    if (character === separator || character === '\n' || character === '\r') break;
    if (character === '"')
      throw fault(
        'csv-stray-quote',
        'A quote stands inside a field that does not begin with one.',
        scanner.line,
        columnOf(scanner),
      );
  }
  return text.slice(start, scanner.at);
}

function readQuoted(scanner: Scanner, place: { line: number; column: number }): string {
  const { text } = scanner;
  let value = '';
  let start = ++scanner.at;
  for (;;) {
    const character = text[scanner.at];
    if (character === undefined) {
      if (scanner.whole) throw quoteOpen(place);
      scanner.open = place;
      return '';
    }
    if (character !== '"') {
      if (!lineBreakAt(scanner)) scanner.at++;
      continue;
    }
    value += text.slice(start, scanner.at);
    if (text[scanner.at + 1] !== '"') break;
    value += '"';
    scanner.at += 2;
    start = scanner.at;
  }
  scanner.at++;
  const after = text[scanner.at];
  if (after !== undefined && after !== scanner.separator && after !== '\n' && after !== '\r')
    throw fault(
      'csv-after-quote',
      'Something stands between a closing quote and the next separator.',
      scanner.line,
      columnOf(scanner),
    );
  return value;
}

/** Steps over a line break if one stands here. */
function lineBreakAt(scanner: Scanner): boolean {
  const character = scanner.text[scanner.at];
  if (character !== '\n' && character !== '\r') return false;
  scanner.at += character === '\r' && scanner.text[scanner.at + 1] === '\n' ? 2 : 1;
  scanner.line++;
  scanner.column = 1;
  scanner.counted = scanner.at;
  return true;
}

function columnOf(scanner: Scanner): number {
  for (; scanner.counted < scanner.at; scanner.counted++)
    if ((scanner.text.charCodeAt(scanner.counted) & 0xfc00) !== 0xdc00) scanner.column++;
  return scanner.column;
}

function quoteOpen({ line, column }: { readonly line: number; readonly column: number }): Failure {
  return fault('csv-quote-open', 'A quoted field has no closing quote.', line, column);
}

function fault(code: string, message: string, line: number, column: number): Failure {
  return new Failure('malformed', code, message, { line, column });
}
