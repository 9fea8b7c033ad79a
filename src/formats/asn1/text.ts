import { fromUtf8, utf8 } from '../../lib/bytes.ts';
import { malformed } from './malformed.ts';
import { type Asn1Node, contentBytes } from './read.ts';
import { tag, tagName } from './tag.ts';
import { type Der, primitive } from './write.ts';

/** True for identifier octets whose contents `readText` turns into text. */
export function isTextTag(octet: number): boolean {
  switch (octet) {
    case tag.utf8String:
    case tag.printableString:
    case tag.ia5String:
    case tag.t61String:
    case tag.bmpString:
    case tag.universalString:
    case tag.numericString:
    case tag.visibleString:
      return true;
    default:
      return false;
  }
}

/** Text of any ASN.1 string type. T61String is read as ISO 8859-1, which is what writers of it mean. */
export function readText(node: Asn1Node, what: string): string {
  const { bytes } = node.source;
  switch (node.tag) {
    case tag.utf8String: {
      const ascii = latin1(bytes, node.from, node.to, 0x7f);
      const text = ascii ?? fromUtf8(contentBytes(node));
      if (text === undefined) throw malformed('asn1-text', `${what} is not well-formed UTF-8.`, node.start);
      return text;
    }
    case tag.printableString:
    case tag.numericString: {
      const text = latin1(bytes, node.from, node.to, 0xff) as string;
      if (!node.source.leniency.anyPrintable && !isPrintable(text))
        throw malformed(
          'asn1-text',
          `${what} has characters that do not belong in a ${tagName(node.tag)}.`,
          node.start,
        );
      return text;
    }
    case tag.ia5String:
    case tag.visibleString: {
      const text = latin1(bytes, node.from, node.to, node.source.leniency.anyPrintable ? 0xff : 0x7f);
      if (text === undefined)
        throw malformed(
          'asn1-text',
          `${what} has characters that do not belong in a ${tagName(node.tag)}.`,
          node.start,
        );
      return text;
    }
    case tag.t61String:
      return latin1(bytes, node.from, node.to, 0xff) as string;
    case tag.bmpString:
      return wide(node, 2, what);
    case tag.universalString:
      return wide(node, 4, what);
    default:
      throw malformed('asn1-unexpected', `${what}: expected a string, found ${tagName(node.tag)}.`, node.start);
  }
}

/**
 * Content octets of `value` as this string type. The inverse of `readText`; a character that the type cannot hold
 * throws `RangeError`, so callers choose the type with `isPrintable` or take UTF8String.
 */
export function textContent(octet: number, value: string): Uint8Array {
  switch (octet) {
    case tag.utf8String:
      return utf8(value);
    case tag.bmpString:
    case tag.universalString: {
      const units =
        octet === tag.bmpString
          ? Array.from({ length: value.length }, (_, i) => value.charCodeAt(i))
          : codePoints(value);
      const width = octet === tag.bmpString ? 2 : 4;
      const bytes = new Uint8Array(units.length * width);
      const view = new DataView(bytes.buffer);
      for (const [i, unit] of units.entries()) width === 2 ? view.setUint16(2 * i, unit) : view.setUint32(4 * i, unit);
      return bytes;
    }
    default: {
      const bytes = new Uint8Array(value.length);
      for (let i = 0; i < value.length; i++) {
        const unit = value.charCodeAt(i);
        if (unit > 0xff) throw new RangeError(`${tagName(octet)} cannot hold the character at ${i}`);
        bytes[i] = unit;
      }
      return bytes;
    }
  }
}

export function text(octet: number, value: string): Der {
  return primitive(octet, textContent(octet, value));
}

export function printableString(value: string): Der {
  return text(tag.printableString, value);
}

export function utf8String(value: string): Der {
  return primitive(tag.utf8String, utf8(value));
}

export function ia5String(value: string): Der {
  return text(tag.ia5String, value);
}

/** True when every character belongs to PrintableString (X.680 §41.4). */
export function isPrintable(value: string): boolean {
  return /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value);
}

/** True when every character is ASCII. */
export function isIa5(value: string): boolean {
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0x7f) return false;
  return true;
}

function codePoints(value: string): number[] {
  return Array.from(value, (character) => character.codePointAt(0) as number);
}

/** Undefined when a byte is above `highest`. */
function latin1(bytes: Uint8Array, from: number, to: number, highest: number): string | undefined {
  let result = '';
  for (let at = from; at < to; at += longestPiece) {
    const end = Math.min(to, at + longestPiece);
    units.length = 0;
    for (let i = at; i < end; i++) {
      const byte = bytes[i] as number;
      if (byte > highest) return undefined;
      units.push(byte);
    }
    // At once: character by character it would be a chain of strings.
    result += String.fromCharCode(...units);
  }
  return result;
}

const longestPiece = 1024;
const units: number[] = [];

function wide(node: Asn1Node, width: 2 | 4, what: string): string {
  const bytes = contentBytes(node);
  if (bytes.length % width !== 0) throw malformed('asn1-text', `${what} breaks off inside a character.`, node.start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let result = '';
  for (let at = 0; at < bytes.length; at += width) {
    const unit = width === 2 ? view.getUint16(at) : view.getUint32(at);
    // A surrogate stands for nothing here, and two would join into another character.
    if (unit > 0x10ffff || (width === 4 && (unit & 0xfffff800) === 0xd800))
      throw malformed('asn1-text', `${what} has a character that does not exist.`, node.start);
    result += width === 2 ? String.fromCharCode(unit) : String.fromCodePoint(unit);
  }
  return result;
}
