import { mendEscapes } from './mend-escapes.ts';

/** Quotes around values that separators tore apart: `O=Alder, Finch` becomes `O="Alder, Finch"`. Null when that mends nothing. */
export function quoteTornValues(text: string): string | null {
  // Quoted text, or a separator with what follows it up to the next one: what has no key belongs to the value before it.
  const escaped = text.replace(/"(?:[^"]|"")*"|[,;+](?=\s*[^,;+="\s][^,;+="]*(?:[,;+]|$))/g, (part) =>
    part.length === 1 ? `\\${part}` : part,
  );
  return escaped === text ? null : (mendEscapes(escaped)?.quoted ?? null);
}

/** Straight quotes in the place of the curly ones around values: `O=“Alder, Finch”`. Null when there are none. */
export function straightQuotes(text: string): string | null {
  const mended = text.replace(
    /(=\s*)[“”„‟«‘’‚‛]([^“”„‟«»‘’‚‛"]*)[“”‟»‘’‛](?=\s*(?:[,;+]|$))/g,
    (_, before: string, value: string) => `${before}"${value}"`,
  );
  return mended === text ? null : mended;
}

/** What stands between quotes of any kind that enclose a whole text; null when none do. */
export function withoutQuotes(text: string): string | null {
  return /^\s*["'“”„‟«‘’‚‛](.+)["'“”‟»‘’‛]\s*$/s.exec(text)?.[1] ?? null;
}
