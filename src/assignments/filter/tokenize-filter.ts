import { FilterProblem } from './filter-problem.ts';

export type FilterToken = {
  readonly kind: '(' | ')' | '[' | ']' | ',' | 'word' | 'text' | 'end';
  /** Of a word as written, of a text without its quotes. */
  readonly value: string;
  readonly offset: number;
};

const typographic = /[“”„‟«»‘’‚′″]/;

/** Words, quoted texts and punctuation; the last token is `end`. Throws `FilterProblem`. */
export function tokenizeFilter(rule: string): readonly FilterToken[] {
  const tokens: FilterToken[] = [];
  let at = 0;
  while (at < rule.length) {
    const character = rule.charAt(at);
    if (/\s/.test(character)) {
      at += 1;
    } else if ('()[],'.includes(character)) {
      tokens.push({ kind: character as FilterToken['kind'], value: character, offset: at });
      at += 1;
    } else if (character === '"') {
      const end = rule.indexOf('"', at + 1);
      if (end < 0)
        throw new FilterProblem(
          'filter-quotes',
          at,
          'The quotation mark that begins here is not closed.',
          'Close it: "…".',
        );
      tokens.push({ kind: 'text', value: rule.slice(at + 1, end), offset: at });
      at = end + 1;
    } else if (character === "'" || typographic.test(character)) {
      throw new FilterProblem(
        'filter-quotes',
        at,
        `Values stand in straight double quotation marks, not in ${character}.`,
        'Write "…".',
      );
    } else {
      const [word = ''] = /^[^\s()[\],"']+/.exec(rule.slice(at)) ?? [];
      tokens.push({ kind: 'word', value: word, offset: at });
      at += word.length;
    }
  }
  return [...tokens, { kind: 'end', value: '', offset: rule.length }];
}
