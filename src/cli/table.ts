/** Rows as aligned columns for a terminal; the head in capitals. Empty when there are no rows. */
export function table<T>(
  rows: readonly T[],
  columns: Readonly<Record<string, (row: T) => string | number | null>>,
): string {
  if (rows.length === 0) return '(none)';
  const names = Object.keys(columns);
  const cells = rows.map((row) => names.map((name) => printable(columns[name]?.(row) ?? '-')));
  const widths = names.map((name, at) => Math.max(name.length, ...cells.map((line) => line[at]?.length ?? 0)));
  const line = (texts: readonly string[]) =>
    texts
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(names.map((name) => name.toUpperCase())), ...cells.map(line)].join('\n');
}

/** Names come from devices and people: no control characters reach the terminal. */
export function printable(value: string | number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
  return String(value).replace(/[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

/** Several lines as they are, but for what could steer the terminal. */
export function printableLines(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be printed
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}
