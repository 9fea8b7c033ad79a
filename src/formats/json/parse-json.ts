/**
 * A strict reader of JSON (RFC 8259) that says where a text is wrong: the line, the column and the way to the value.
 * Unlike the language's own it refuses duplicate keys, which would hide one value behind another.
 */
import { Failure } from '../../lib/failure.ts';

/** Deeper is no document of anybody's, and what walks through it walks by recursion. */
const maxDepth = 64;

/** A byte order mark at the start is skipped. Failure `json-malformed` with `line`, `column` (from 1) and `path`. */
export function parseJson(text: string): unknown {
  const reader = newReader(text);
  reader.skipSpace();
  const value = readValue(reader, []);
  reader.skipSpace();
  if (reader.at < text.length) throw fault(reader, [], `the document has ended, and ${shown(reader)} follows`);
  return value;
}

type Path = readonly (string | number)[];
type Reader = { readonly text: string; at: number; skipSpace(): void };

function newReader(text: string): Reader {
  const space = /[ \t\r\n]*/y;
  return {
    text,
    at: text.startsWith('\ufeff') ? 1 : 0,
    skipSpace() {
      space.lastIndex = this.at;
      space.test(text);
      this.at = space.lastIndex;
    },
  };
}

function readValue(reader: Reader, path: Path): unknown {
  if (path.length > maxDepth) throw fault(reader, path, `values are nested more than ${maxDepth} levels deep`);
  switch (reader.text[reader.at]) {
    case '{':
      return readObject(reader, path);
    case '[':
      return readArray(reader, path);
    case '"':
      return readText(reader, path);
    default:
      return readScalar(reader, path);
  }
}

function readObject(reader: Reader, path: Path): Record<string, unknown> {
  const members = new Map<string, unknown>();
  reader.at += 1;
  for (reader.skipSpace(); reader.text[reader.at] !== '}'; reader.skipSpace()) {
    if (members.size > 0) step(reader, path, ',', 'a comma or }');
    if (reader.text[reader.at] !== '"') throw unexpected(reader, path, 'a name in double quotes');
    const start = reader.at;
    const name = readText(reader, path);
    const inner = [...path, name];
    if (members.has(name)) throw fault({ ...reader, at: start }, inner, `“${name}” stands here a second time`);
    step(reader, inner, ':', 'a colon');
    members.set(name, readValue(reader, inner));
  }
  reader.at += 1;
  return Object.fromEntries(members);
}

function readArray(reader: Reader, path: Path): unknown[] {
  const items: unknown[] = [];
  reader.at += 1;
  for (reader.skipSpace(); reader.text[reader.at] !== ']'; reader.skipSpace()) {
    const inner = [...path, items.length];
    if (items.length > 0) step(reader, inner, ',', 'a comma or ]');
    items.push(readValue(reader, inner));
  }
  reader.at += 1;
  return items;
}

/** Past a sign and the space around it. */
function step(reader: Reader, path: Path, sign: string, wanted: string): void {
  reader.skipSpace();
  if (reader.text[reader.at] !== sign) throw unexpected(reader, path, wanted);
  reader.at += 1;
  reader.skipSpace();
}

/** All but the quotation mark, the backslash and what lies below the space. */
const plainText = /[ !#-[\]-\uffff]*/y;
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

function readText(reader: Reader, path: Path): string {
  let text = '';
  reader.at += 1;
  for (;;) {
    plainText.lastIndex = reader.at;
    plainText.test(reader.text);
    text += reader.text.slice(reader.at, plainText.lastIndex);
    reader.at = plainText.lastIndex;
    const sign = reader.text[reader.at];
    if (sign === '"') break;
    if (sign !== '\\') throw unexpected(reader, path, 'the end of a text');
    text += readEscape(reader, path);
  }
  reader.at += 1;
  return text;
}

function readEscape(reader: Reader, path: Path): string {
  const letter = reader.text[reader.at + 1];
  const code = reader.text.slice(reader.at + 2, reader.at + 6);
  if (letter === undefined || (letter === 'u' && code.length < 4)) throw ended(reader, path);
  const short = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (short === undefined && (letter !== 'u' || !/^[0-9a-f]{4}$/i.test(code)))
    throw fault(reader, path, `\\${letter} is no escape that JSON knows`);
  reader.at += short === undefined ? 6 : 2;
  return short ?? String.fromCharCode(Number.parseInt(code, 16));
}

const word = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

function readScalar(reader: Reader, path: Path): unknown {
  word.lastIndex = reader.at;
  const found = word.exec(reader.text)?.[0];
  const rest = reader.text[reader.at + (found?.length ?? 0)];
  if (found === undefined || (rest !== undefined && /[\w.+-]/.test(rest))) throw unexpected(reader, path, 'a value');
  reader.at += found.length;
  return JSON.parse(found);
}

function unexpected(reader: Reader, path: Path, wanted: string): Failure {
  if (reader.at >= reader.text.length || isCutWord(reader)) return ended(reader, path);
  if (reader.text.slice(0, 1000).trimStart().startsWith('<'))
    return fault(reader, path, 'this is a web page (HTML) or XML, such as an error or sign-in page, and not JSON');
  return fault(reader, path, `${wanted} was expected, and ${shown(reader)} stands here`);
}

/** `tru` at the very end. */
function isCutWord({ text, at }: Reader): boolean {
  const rest = text.slice(at, at + 6);
  return at + rest.length >= text.length && ['true', 'false', 'null', '-'].some((each) => each.startsWith(rest));
}

function ended(reader: Reader, path: Path): Failure {
  const what = reader.text.trim() === '' ? 'the text is empty' : 'the text ends in the middle: it was cut off';
  return fault({ ...reader, at: reader.text.length }, path, what);
}

function shown({ text, at }: Reader): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const code = `U+${(text.codePointAt(at) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `“${character}”` : code;
}

function fault({ text, at }: Pick<Reader, 'text' | 'at'>, way: Path, detail: string): Failure {
  const before = text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  const column = at - lineStart + 1;
  const path = way.length > 20 ? `${way.slice(0, 20).join('.')}…` : way.join('.');
  const where = path === '' ? '' : `, at ${path}`;
  const message = `Line ${line}, column ${column}${where}: ${detail}.`;
  return new Failure('malformed', 'json-malformed', message, { line, column, path });
}
