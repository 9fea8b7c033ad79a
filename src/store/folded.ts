/** Text for comparing without regard to case; made here and not in SQL, so that both stores agree beyond ASCII. */
export function folded(text: string): string {
  return text.toLowerCase().normalize('NFC');
}

/** A LIKE pattern (with `ESCAPE '\'`) for folded columns: starts with `text`. */
export function startsWith(text: string): string {
  return `${escaped(folded(text))}%`;
}

/** A LIKE pattern (with `ESCAPE '\'`) for folded columns: has `text` somewhere. */
export function contains(text: string): string {
  return `%${escaped(folded(text))}%`;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}
