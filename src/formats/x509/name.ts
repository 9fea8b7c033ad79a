import { malformed, tooLarge } from '../asn1/malformed.ts';
import {
  type Asn1Node,
  type Asn1Options,
  atEnd,
  contentBytes,
  finish,
  next,
  nextAny,
  open,
  parseAsn1,
} from '../asn1/read.ts';
import { nextOid, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { isIa5, isPrintable, isTextTag, readText, textContent } from '../asn1/text.ts';
import { type Der, encode, oid, primitive, sequence, sequenceOf, setOf } from '../asn1/write.ts';

/** Distinguished name (RFC 5280 §4.1.2.4) in the order of the encoding: the most general RDN comes first. */
export type Name = readonly Rdn[];

/** Usually one attribute. */
export type Rdn = readonly NameAttribute[];

export type NameAttribute = {
  /** Dotted object identifier. */
  readonly type: string;
  /** Identifier octet of the value, kept so that the encoding comes out as it went in. */
  readonly tag: number;
  /** Text for string types; content octets for anything else. */
  readonly value: string | Uint8Array;
};

/** Names are compared attribute by attribute, so their number is bounded; no real name comes near. */
const maxRdns = 128;
const maxAttributes = 16;

/** Throws `Failure` `malformed` or `too-large`. */
export function decodeName(der: Uint8Array, options: Asn1Options = {}): Name {
  return readName(parseAsn1(der, options), 'the name');
}

export function readName(node: Asn1Node, what: string): Name {
  if (node.tag !== tag.sequence) throw malformed('asn1-unexpected', `${what} is not a SEQUENCE.`, node.start);
  const cursor = open(node, what);
  const rdns: Rdn[] = [];
  while (!atEnd(cursor)) {
    if (rdns.length === maxRdns) throw tooLarge('name-too-long', `${what} has more than ${maxRdns} RDNs.`, cursor.at);
    rdns.push(readRdn(next(cursor, tag.set, what), what));
  }
  return rdns;
}

/** The parts of a RelativeDistinguishedName, also under an implicit tag. */
export function readRdn(node: Asn1Node, what: string): Rdn {
  const elements = setElements(node, what);
  if (elements.length === 0) throw malformed('name-empty-rdn', `${what} has an RDN without attributes.`, node.start);
  if (elements.length > maxAttributes)
    throw tooLarge('name-too-long', `${what} has an RDN with more than ${maxAttributes} attributes.`, node.start);
  return elements.map((element) => {
    const cursor = open(element, what);
    const type = nextOid(cursor, what);
    const value = nextAny(cursor, what);
    finish(cursor, what);
    if (element.tag !== tag.sequence)
      throw malformed('asn1-unexpected', `${what}: an attribute is not a SEQUENCE.`, element.start);
    return { type, tag: value.tag, value: isTextTag(value.tag) ? readText(value, what) : contentBytes(value) };
  });
}

export function encodeName(name: Name): Uint8Array {
  return encode(sequenceOf(name.map((rdn) => setOf(rdn.map(encodeAttribute)))));
}

function encodeAttribute(attribute: NameAttribute): Der {
  const { type, tag: octet, value } = attribute;
  return sequence(oid(type), primitive(octet, typeof value === 'string' ? textContent(octet, value) : value));
}

const printableOnly = new Set(['2.5.4.6', '2.5.4.5', '2.5.4.46']);
const ia5Only = new Set(['0.9.2342.19200300.100.1.25', '1.2.840.113549.1.9.1', '0.9.2342.19200300.100.1.3']);

/**
 * An attribute with the string type RFC 5280 appendix A prescribes: PrintableString for country, serial number and
 * dnQualifier, IA5String for domain component and e-mail, UTF8String otherwise. A value that the prescribed type
 * cannot hold becomes UTF8String.
 */
export function nameAttribute(type: string, value: string): NameAttribute {
  if (printableOnly.has(type) && isPrintable(value)) return { type, tag: tag.printableString, value };
  if (ia5Only.has(type) && isIa5(value)) return { type, tag: tag.ia5String, value };
  return { type, tag: tag.utf8String, value };
}

/** A name of single-valued RDNs from pairs of identifier and text, most general first. */
export function nameOf(pairs: readonly (readonly [type: string, value: string])[]): Name {
  return pairs.map(([type, value]) => [nameAttribute(type, value)]);
}
