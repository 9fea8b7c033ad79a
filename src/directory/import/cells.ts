/** What may stand in a cell of an import file. An empty cell never gets here: it says nothing. */
import { didYouMean } from '../../lib/nearest.ts';
import { readWorkload, unknownWorkload } from '../co-management-workload.ts';

export type CellValue = string | number | boolean;

export type ParsedCell<Value extends CellValue = CellValue> =
  | { readonly value: Value }
  | { readonly fault: string; readonly detail: string };

export type CellParser<Value extends CellValue = CellValue> = (text: string) => ParsedCell<Value>;

const longest = 1024;

export const freeText: CellParser<string> = (text) => {
  if (text.length > longest) {
    return { fault: 'too-long', detail: `The value has ${text.length} characters; at most ${longest} are allowed.` };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    return { fault: 'control-character', detail: 'The value holds a control character or a line break.' };
  }
  return { value: text };
};

export const principalName: CellParser<string> = (text) =>
  /^[^\s@]+@[^\s@]+$/.test(text)
    ? freeText(text)
    : {
        fault: 'bad-principal-name',
        detail: `"${shown(text)}" is not a user principal name such as jane@example.org.`,
      };

/** Exactly one of the words. */
export function oneOf<const Word extends string>(code: string, what: string, words: readonly Word[]): CellParser<Word> {
  // The word itself is answered, and not the piece of the file that reads the same.
  const known = new Map<string, Word>(words.map((word) => [word, word]));
  return (text) => {
    const value = known.get(text);
    if (value !== undefined) return { value };
    const hint = didYouMean(text, words, `Use one of ${words.join(', ')}.`);
    return { fault: code, detail: `"${shown(text)}" is not a ${what}. ${hint}` };
  };
}

/** As it is spelled there. */
export const workload: CellParser<string> = (text) => {
  if (readWorkload(text) !== null) return freeText(text);
  const { code, message } = unknownWorkload(text);
  return { fault: code, detail: message };
};

export const yesOrNo: CellParser<boolean> = (text) =>
  text === 'true' || text === 'false'
    ? { value: text === 'true' }
    : { fault: 'bad-boolean', detail: `"${shown(text)}" is neither true nor false.` };

const timePattern = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,3})?(?:Z|[+-]\d\d:\d\d)$/;

/** RFC 3339 with a zone; answers ms since the epoch. */
export const time: CellParser<number> = (text) => {
  const parts = timePattern.exec(text);
  const value = parts === null ? Number.NaN : Date.parse(text);
  const date = parts === null ? null : new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  // Date.parse would take 30 February for 2 March.
  if (Number.isNaN(value) || date === null || date.getUTCDate() !== Number(parts?.[3])) {
    return { fault: 'bad-time', detail: `"${shown(text)}" is not a time such as 2026-01-31T09:00:00Z.` };
  }
  return { value };
};

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
