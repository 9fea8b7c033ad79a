import { parseX500Syntax, type X500Pair } from '../name/parse-x500-syntax.ts';

/** Stand-ins, from the private use area, for the four escaped characters while the structure is read. */
const standIns: readonly (readonly [character: string, standIn: string])[] = [
  ['+', '\uf8f0'],
  [',', '\uf8f1'],
  [';', '\uf8f2'],
  ['=', '\uf8f3'],
];

/** True when `\+`, `\,`, `\;` or `\=` stands in the text. */
export function hasEscapes(text: string): boolean {
  return /\\[+,;=]/.test(text);
}

/** Text in which only a backslash before `@`, a quote, a bracket, `#` or another backslash is too much; null when there is none. */
export function withoutNeedlessBackslashes(text: string): { readonly text: string; readonly offset: number } | null {
  const offset = text.search(needless);
  return offset < 0 ? null : { text: text.replace(new RegExp(needless, 'g'), ''), offset };
}

const needless = /\\(?=[@"<>#\\])/;

/** Both ways to say what an author meant with backslashes (V6); null when the rest of the text is no name either. */
export function mendEscapes(text: string): { readonly quoted: string; readonly removed: string } | null {
  let replaced = text;
  for (const [character, standIn] of standIns) replaced = replaced.replaceAll(`\\${character}`, standIn);
  const syntax = parseX500Syntax(replaced);
  if (!syntax.ok) return null;
  const pairs = syntax.rdns.flat();
  return {
    quoted: rewrite(replaced, pairs, (value) => `"${restore(value).replaceAll('"', '""')}"`),
    removed: rewrite(replaced, pairs, (value, quoted) => {
      const left = value
        .replace(/[\uf8f0-\uf8f3]/g, '')
        .replace(/ {2,}/g, ' ')
        .trim();
      return quoted ? `"${left.replaceAll('"', '""')}"` : left;
    }),
  };
}

function rewrite(text: string, pairs: readonly X500Pair[], mend: (value: string, quoted: boolean) => string): string {
  let result = '';
  let from = 0;
  for (const { value, end } of pairs) {
    if (value.form === 'hex' || !/[\uf8f0-\uf8f3]/.test(value.text)) continue;
    const quoted = value.form === 'quoted';
    result += text.slice(from, value.offset - (quoted ? 1 : 0)) + mend(value.text, quoted);
    from = end;
  }
  return restore(result + text.slice(from));
}

function restore(text: string): string {
  let result = text;
  for (const [character, standIn] of standIns) result = result.replaceAll(standIn, character);
  return result;
}
