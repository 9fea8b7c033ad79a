/** Characters in a text that nobody sees, or that a wrong decoding left there: pasted from web pages, never meant. */

export type TextFlaw = {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  /** `U+200B (zero width space)`; what a wrong decoding made of it as `“â€‹” (U+200B, wrongly decoded)`. */
  readonly shown: string;
};

const invisible = /\u00ad|[\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff]/;
const blank = /[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const either = new RegExp(`${invisible.source}|${blank.source}`, 'g');

const characterNames: Readonly<Record<number, string>> = {
  160: 'no-break space',
  173: 'soft hyphen',
  8203: 'zero width space',
  8204: 'zero width non-joiner',
  8205: 'zero width joiner',
  8206: 'left-to-right mark',
  8207: 'right-to-left mark',
  8232: 'line separator',
  8233: 'paragraph separator',
  8239: 'narrow no-break space',
  8288: 'word joiner',
  12288: 'ideographic space',
  65279: 'byte order mark',
};

/** What Windows-1252 makes of the bytes 80 to 9F, where it differs from ISO 8859-1 (WHATWG Encoding). */
const windows1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const byteOf = new Map([...windows1252].map((character, i) => [character, String.fromCharCode(0x80 + i)]));

/**
 * UTF-8 of two and three bytes, read as Windows-1252, for the characters that Western texts hold. Others are left alone:
 * a capital letter with an accent and a closing quote after it looks the same.
 */
const misread = /[\xc2\xc3][\x80-\xbf]|[\xe2\xef][\x80-\xbf]{2}/g;

/** In order; empty for a text as texts should be. */
export function textFlaws(text: string): TextFlaw[] {
  const flaws: TextFlaw[] = [];
  for (const { index, 0: found } of asBytes(text).matchAll(misread)) {
    const character = decoded(found);
    if (character !== null)
      flaws.push({
        offset: index,
        shown: `“${text.slice(index, index + found.length)}” (${codePoint(character)}, wrongly decoded)`,
      });
  }
  for (const { index, 0: found } of text.matchAll(either)) {
    if (flaws.some(({ offset }) => offset < index && index < offset + 3)) continue;
    const name = characterNames[found.charCodeAt(0)];
    flaws.push({ offset: index, shown: `${codePoint(found)}${name === undefined ? '' : ` (${name})`}` });
  }
  return flaws.sort((a, b) => a.offset - b.offset);
}

/** The text as it was meant: decoded, without what nobody sees, with plain blanks. */
export function withoutFlaws(text: string): string {
  const bytes = asBytes(text);
  let result = '';
  let from = 0;
  for (const { index, 0: found } of bytes.matchAll(misread)) {
    const character = decoded(found);
    if (character === null) continue;
    result += text.slice(from, index) + character;
    from = index + found.length;
  }
  result += text.slice(from);
  return result.replace(either, (character) => (blank.test(character) ? ' ' : ''));
}

/** Of the same length, each character as the byte that Windows-1252 reads it from. */
function asBytes(text: string): string {
  return text.replace(/[\u0100-\uffff]/g, (character) => byteOf.get(character) ?? '\0');
}

function decoded(bytes: string): string | null {
  try {
    const utf8 = Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(utf8);
  } catch {
    return null;
  }
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
