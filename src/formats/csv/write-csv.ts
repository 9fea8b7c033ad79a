/** RFC 4180 text: lines end in CRLF; fields are quoted where they must be. */
export function writeCsv(rows: Iterable<readonly string[]>, separator = ','): string {
  let text = '';
  for (const row of rows) text += csvLine(row, separator);
  return text;
}

/** One line with its CRLF; for writing row by row. */
export function csvLine(row: readonly string[], separator = ','): string {
  // A row of one empty field would read as an empty line, which is skipped.
  if (row.length === 1 && row[0] === '') return '""\r\n';
  return `${row.map((field) => quoted(field, separator)).join(separator)}\r\n`;
}

function quoted(field: string, separator: string): string {
  const plain = !field.includes(separator) && !/["\r\n\ufeff]/.test(field);
  return plain ? field : `"${field.replaceAll('"', '""')}"`;
}

/**
 * For a table that people open in a spreadsheet: what would be taken for a formula there becomes text, by an apostrophe in
 * front. Names come from devices; `=HYPERLINK(…)` must not run on an administrator's desk (OWASP, CSV injection).
 */
export function spreadsheetText(field: string): string {
  return /^[\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(field) ? `'${field}` : field;
}
