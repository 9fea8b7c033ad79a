import { fromHex } from '../../lib/bytes.ts';
import { type X500Error, x500Error } from './x500-error.ts';
import { oidOfKey } from './x500-key.ts';

/** The flags of CertStrToName that change how a text is read. */
export type X500Options = {
  /** What ends an RDN; by default comma and semicolon both. */
  readonly separator?: 'comma' | 'semicolon' | 'newline';
  /** `+` is an ordinary character (CERT_NAME_STR_NO_PLUS_FLAG). */
  readonly noPlus?: boolean;
  /** `"` is an ordinary character (CERT_NAME_STR_NO_QUOTING_FLAG). */
  readonly noQuoting?: boolean;
  /** The last RDN written is the first encoded (CERT_NAME_STR_REVERSE_FLAG). */
  readonly reverse?: boolean;
  /** UTF8String where PrintableString would do (CERT_NAME_STR_FORCE_UTF8_DIR_STR_FLAG). */
  readonly forceUtf8?: boolean;
};

export type X500Value =
  | { readonly form: 'bare' | 'quoted'; readonly text: string; readonly offset: number }
  | { readonly form: 'hex'; readonly bytes: Uint8Array; readonly offset: number };

/** One `key=value`. Offsets count UTF-16 units; a value's is that of its first character, inside the quotes. */
export type X500Pair = {
  readonly key: string;
  readonly oid: string;
  readonly offset: number;
  /** Just behind the value as it is written, closing quote included. */
  readonly end: number;
  readonly value: X500Value;
};

export type X500Syntax =
  | { readonly ok: true; readonly rdns: readonly (readonly X500Pair[])[] }
  | { readonly ok: false; readonly error: X500Error };

type Cursor = { readonly text: string; at: number; readonly options: X500Options };
type Parsed<T> = { readonly value: T } | { readonly error: X500Error };

/**
 * The structure of a name in the CertStrToName grammar (intune-domain 2.4), in the order written. There are no backslash
 * escapes. Whether a value fits its attribute's string type is not looked at.
 */
export function parseX500Syntax(text: string, options: X500Options = {}): X500Syntax {
  const cursor: Cursor = { text, at: 0, options };
  const rdns: X500Pair[][] = [];
  skipToRdn(cursor);
  if (isSeparator(cursor) && rest(cursor, 1) === '') return { ok: true, rdns };
  while (cursor.at < text.length) {
    const rdn: X500Pair[] = [];
    for (;;) {
      const pair = parsePair(cursor);
      if ('error' in pair) return { ok: false, error: pair.error };
      rdn.push(pair.value);
      if (text[cursor.at] !== '+' || options.noPlus === true) break;
      cursor.at++;
    }
    rdns.push(rdn);
    if (isSeparator(cursor)) cursor.at++;
    skipToRdn(cursor);
  }
  return { ok: true, rdns: options.reverse === true ? rdns.reverse() : rdns };
}

function parsePair(cursor: Cursor): Parsed<X500Pair> {
  skipBlanks(cursor);
  const { text } = cursor;
  const offset = cursor.at;
  while (cursor.at < text.length && text[cursor.at] !== '=' && !isSeparator(cursor) && !isPlus(cursor)) cursor.at++;
  const key = text.slice(offset, cursor.at).trim();
  if (text[cursor.at] !== '=')
    return wrong(
      offset,
      key === ''
        ? 'Here a key such as CN is expected.'
        : `“${key}” is not key=value. A comma, semicolon or plus sign that belongs to a value stands in a quoted value: CN="…".`,
    );
  const oid = oidOfKey(key);
  if (oid === undefined)
    return wrong(
      offset,
      key === ''
        ? 'The key before the equals sign is missing.'
        : `“${key}” is not a known key. Use one of CN, E, OU, O, L, S, C, DC, STREET, T, G, I, SN, SERIALNUMBER, or an object identifier such as OID.2.5.4.17.`,
    );
  cursor.at++;
  skipBlanks(cursor);
  const value = parseValue(cursor, key);
  return 'error' in value ? value : { value: { key, oid, offset, end: value.end, value: value.value } };
}

function parseValue(cursor: Cursor, key: string): { value: X500Value; end: number } | { error: X500Error } {
  const first = cursor.text[cursor.at];
  if (first === '"' && cursor.options.noQuoting !== true) return parseQuoted(cursor);
  const { text } = cursor;
  const offset = cursor.at;
  while (cursor.at < text.length && !isSeparator(cursor) && !isPlus(cursor)) cursor.at++;
  const written = trimEnd(text.slice(offset, cursor.at), cursor.options);
  if (written === '') return wrong(offset, `${key} has no value. An empty value is written ${key}="".`);
  const end = offset + written.length;
  if (first !== '#') return { value: { form: 'bare', text: written, offset }, end };
  const bytes = parseHex(written, offset);
  return 'error' in bytes ? bytes : { value: { form: 'hex', bytes: bytes.value, offset }, end };
}

function parseQuoted(cursor: Cursor): { value: X500Value; end: number } | { error: X500Error } {
  const { text } = cursor;
  const opening = cursor.at;
  let value = '';
  for (let from = opening + 1; ; ) {
    const quote = text.indexOf('"', from);
    if (quote < 0) return wrong(opening, 'The quote that opens here is never closed.');
    value += text.slice(from, quote);
    from = quote + 2;
    cursor.at = quote + 1;
    if (text[quote + 1] !== '"') break;
    value += '"';
  }
  const end = cursor.at;
  skipBlanks(cursor);
  if (cursor.at < text.length && !isSeparator(cursor) && !isPlus(cursor))
    return wrong(cursor.at, 'Text follows the closing quote. A quote inside a quoted value is written twice.');
  return { value: { form: 'quoted', text: value, offset: opening + 1 }, end };
}

/** `#` and digits, with blanks between them as one likes. */
function parseHex(written: string, offset: number): Parsed<Uint8Array> {
  const bad = written.slice(1).search(/[^0-9A-Fa-f\s]/);
  if (bad >= 0)
    return wrong(offset + 1 + bad, 'A value that starts with # is hexadecimal. Quote the value to mean a number sign.');
  const bytes = fromHex(written.slice(1).replace(/\s+/g, ''));
  if (bytes === undefined) return wrong(offset + written.length, 'The hexadecimal value ends within a byte.');
  if (bytes.length === 0) return wrong(offset + 1, 'Hexadecimal digits are expected after #.');
  return { value: bytes };
}

/** Where a character of a value stands in the text it was parsed from. */
export function offsetInText(text: string, value: X500Value, index: number): number {
  if (value.form !== 'quoted') return value.offset + index;
  let at = value.offset;
  for (let seen = 0; seen < index; seen++) at += text[at] === '"' ? 2 : 1;
  return at;
}

function isSeparator({ text, at, options }: Cursor): boolean {
  const character = text[at];
  switch (options.separator) {
    case 'comma':
      return character === ',';
    case 'semicolon':
      return character === ';';
    case 'newline':
      return character === '\r' || character === '\n';
    default:
      return character === ',' || character === ';';
  }
}

function isPlus({ text, at, options }: Cursor): boolean {
  return text[at] === '+' && options.noPlus !== true;
}

/** Blanks; a line break is one unless it separates. */
function skipBlanks(cursor: Cursor): void {
  while (isBlank(cursor.text[cursor.at], cursor.options)) cursor.at++;
}

/** Blanks, and where line breaks separate, empty lines. */
function skipToRdn(cursor: Cursor): void {
  const wanted = cursor.options.separator === 'newline' ? {} : cursor.options;
  while (isBlank(cursor.text[cursor.at], wanted)) cursor.at++;
}

function isBlank(character: string | undefined, options: X500Options): boolean {
  if (character === '\r' || character === '\n') return options.separator !== 'newline';
  return character === ' ' || character === '\t' || character === '\v' || character === '\f';
}

function trimEnd(text: string, options: X500Options): string {
  let end = text.length;
  while (end > 0 && isBlank(text[end - 1], options)) end--;
  return text.slice(0, end);
}

function rest(cursor: Cursor, ahead: number): string {
  return cursor.text.slice(cursor.at + ahead).trim();
}

function wrong(offset: number, detail: string): { error: X500Error } {
  return { error: x500Error('invalid-x500-string', offset, detail) };
}
