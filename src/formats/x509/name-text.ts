import { fromHex, fromUtf8, toHex, utf8 } from '../../lib/bytes.ts';
import { Failure, isFailure } from '../../lib/failure.ts';
import { isOid } from '../asn1/oid.ts';
import { contentBytes, parseAsn1 } from '../asn1/read.ts';
import { isTextTag, readText } from '../asn1/text.ts';
import { encode, primitive } from '../asn1/write.ts';
import { attributeLabel, attributeOid } from './attribute-type.ts';
import { type Name, type NameAttribute, nameAttribute, type Rdn } from './name.ts';

/** RFC 4514 text: the most specific RDN first, `CN=Ada Lovelace,OU=People,DC=example,DC=com`. */
export function nameText(name: Name): string {
  return name.toReversed().map(rdnText).join(',');
}

function rdnText(rdn: Rdn): string {
  return rdn.map(({ type, tag, value }) => `${attributeLabel(type)}=${valueText(tag, value)}`).join('+');
}

function valueText(tag: number, value: string | Uint8Array): string {
  return typeof value === 'string' ? escaped(value) : `#${toHex(encode(primitive(tag, value)))}`;
}

// RFC 4514 §2.4
function escaped(value: string): string {
  return value
    .replace(/[\\",+;<>]/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) => Array.from(utf8(control), (byte) => `\\${toHex(Uint8Array.of(byte))}`).join(''))
    .replace(/^[ #]|(?<=.) $/gs, '\\$&');
}

type Scanner = { readonly text: string; at: number };

/**
 * A name from RFC 4514 text, as directories give it (`OnPrem_Distinguished_Name`). Takes short names in any case,
 * dotted identifiers, `\,` and `\2C` escapes, `#` hex values, and spaces around separators. String types follow
 * `nameAttribute`. Throws `Failure` `malformed`, code `name-text`, with `params.column`, counted from 1.
 */
export function parseNameText(text: string): Name {
  const scanner: Scanner = { text, at: 0 };
  const rdns: Rdn[] = [];
  let attributes: NameAttribute[] = [];
  if (text.trim() === '') return rdns;
  for (;;) {
    attributes.push(readAttribute(scanner));
    const separator = text[scanner.at];
    if (separator !== '+') {
      rdns.push(attributes);
      attributes = [];
    }
    if (separator === undefined) return rdns.reverse();
    scanner.at++;
  }
}

function readAttribute(scanner: Scanner): NameAttribute {
  const start = scanner.at;
  const equals = scanner.text.indexOf('=', start);
  if (equals < 0) throw fault('An attribute has no "=".', start);
  const label = scanner.text
    .slice(start, equals)
    .trim()
    .replace(/^oid\./i, '');
  const type = isOid(label) ? label : attributeOid(label);
  if (type === undefined) throw fault(`There is no attribute type "${label}".`, start);
  scanner.at = equals + 1;
  while (scanner.text[scanner.at] === ' ') scanner.at++;
  return scanner.text[scanner.at] === '#' ? hexAttribute(type, scanner) : nameAttribute(type, readValue(scanner));
}

function readValue(scanner: Scanner): string {
  const start = scanner.at;
  const bytes: number[] = [];
  /** Length up to the last character that is not an unescaped space. */
  let kept = 0;
  for (;;) {
    const character = scanner.text[scanner.at];
    if (character === undefined || character === ',' || character === '+' || character === ';') break;
    if (character === '"' || character === '<' || character === '>')
      throw fault(`${character} must be escaped.`, scanner.at);
    const piece = character === '\\' ? readEscape(scanner) : readPlain(scanner);
    bytes.push(...piece);
    if (character !== ' ') kept = bytes.length;
  }
  if (scanner.text[scanner.at] === ';') throw fault('";" must be escaped.', scanner.at);
  const value = fromUtf8(Uint8Array.from(bytes.slice(0, kept)));
  if (value === undefined) throw fault('The escapes of a value are not UTF-8.', start);
  return value;
}

function readPlain(scanner: Scanner): Uint8Array {
  const character = String.fromCodePoint(scanner.text.codePointAt(scanner.at) as number);
  scanner.at += character.length;
  return utf8(character);
}

function readEscape(scanner: Scanner): Uint8Array {
  const at = scanner.at;
  const pair = fromHex(scanner.text.slice(at + 1, at + 3));
  if (pair?.length === 1) {
    scanner.at += 3;
    return pair;
  }
  const character = scanner.text[at + 1];
  if (character === undefined || !' "#+,;<=>\\'.includes(character)) throw fault('A "\\" escapes nothing.', at);
  scanner.at += 2;
  return utf8(character);
}

function hexAttribute(type: string, scanner: Scanner): NameAttribute {
  const start = scanner.at;
  const hex = /^[0-9a-f]*/i.exec(scanner.text.slice(start + 1))?.[0] ?? '';
  scanner.at += 1 + hex.length;
  while (scanner.text[scanner.at] === ' ') scanner.at++;
  const after = scanner.text[scanner.at];
  const der = fromHex(hex);
  if (der === undefined || (after !== undefined && after !== ',' && after !== '+'))
    throw fault('A "#" value is not hex.', start);
  try {
    const node = parseAsn1(der);
    return { type, tag: node.tag, value: isTextTag(node.tag) ? readText(node, 'the value') : contentBytes(node) };
  } catch (error) {
    if (isFailure(error)) throw fault('A "#" value is not DER.', start);
    throw error;
  }
}

function fault(message: string, at: number): Failure {
  return new Failure('malformed', 'name-text', `${message} (column ${at + 1})`, { column: at + 1 });
}
