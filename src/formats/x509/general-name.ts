import { malformed, tooLarge } from '../asn1/malformed.ts';
import { oidText } from '../asn1/oid.ts';
import { type Asn1Node, atEnd, contentBytes, finish, next, nextAny, open, rawBytes } from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { readText, textContent, utf8String } from '../asn1/text.ts';
import { type Der, explicit, implicit, implicitPrimitive, oid } from '../asn1/write.ts';
import { encodeName, type Name, readName } from './name.ts';

/** GeneralName (RFC 5280 §4.2.1.6). */
export type GeneralName =
  | { readonly kind: 'email' | 'dns' | 'uri'; readonly value: string }
  /** userPrincipalName, an otherName with a UTF8String. */
  | { readonly kind: 'upn'; readonly value: string }
  /** 4 or 16 bytes; 8 or 32 (with mask) in name constraints. */
  | { readonly kind: 'ip'; readonly value: Uint8Array }
  | { readonly kind: 'directoryName'; readonly value: Name }
  | { readonly kind: 'registeredId'; readonly value: string }
  /** `value` is the DER inside the explicit tag. */
  | { readonly kind: 'otherName'; readonly type: string; readonly value: Uint8Array }
  /** x400Address and ediPartyName, kept as they stand: the whole element. */
  | { readonly kind: 'other'; readonly value: Uint8Array };

export const upnOid = '1.3.6.1.4.1.311.20.2.3';

/** Names are compared pair by pair, so their number is bounded. */
const maxNames = 256;

const what = 'the general name';

/** GeneralNames: the elements of a SEQUENCE, also under an implicit tag. */
export function readGeneralNames(node: Asn1Node): GeneralName[] {
  const cursor = open(node, 'the general names');
  const names: GeneralName[] = [];
  while (!atEnd(cursor)) {
    if (names.length === maxNames)
      throw tooLarge('general-names-too-many', `There are more than ${maxNames} names.`, cursor.at);
    names.push(readGeneralName(nextAny(cursor, what)));
  }
  return names;
}

export function readGeneralName(node: Asn1Node): GeneralName {
  switch (node.tag) {
    case 0xa0:
      return readOtherName(node);
    case 0x81:
      return { kind: 'email', value: ia5(node) };
    case 0x82:
      return { kind: 'dns', value: ia5(node) };
    case 0x86:
      return { kind: 'uri', value: ia5(node) };
    case 0x87: {
      const { length } = contentBytes(node);
      if (length !== 4 && length !== 16 && length !== 8 && length !== 32)
        throw malformed('general-name-ip', `An IP address of ${length} bytes does not exist.`, node.start);
      return { kind: 'ip', value: contentBytes(node) };
    }
    case 0x88:
      return { kind: 'registeredId', value: oidText(node.source.bytes, node.from, node.to) };
    case 0xa4: {
      const cursor = open(node, what);
      const name = readName(next(cursor, tag.sequence, what), what);
      finish(cursor, what);
      return { kind: 'directoryName', value: name };
    }
    case 0xa3:
    case 0xa5:
      return { kind: 'other', value: rawBytes(node) };
    default:
      throw malformed('general-name', 'A general name is of an unknown kind.', node.start);
  }
}

export function encodeGeneralName(name: GeneralName): Der {
  switch (name.kind) {
    case 'email':
      return implicitPrimitive(1, textContent(tag.ia5String, name.value));
    case 'dns':
      return implicitPrimitive(2, textContent(tag.ia5String, name.value));
    case 'uri':
      return implicitPrimitive(6, textContent(tag.ia5String, name.value));
    case 'ip':
      return implicitPrimitive(7, name.value);
    case 'directoryName':
      // Name is a CHOICE, so the tag is explicit.
      return implicit(4, [encodeName(name.value)]);
    case 'registeredId':
      return implicitPrimitive(8, oid(name.value).subarray(2));
    case 'upn':
      return implicit(0, [oid(upnOid), explicit(0, utf8String(name.value))]);
    case 'otherName':
      return implicit(0, [oid(name.type), explicit(0, name.value)]);
    case 'other':
      return name.value;
  }
}

function readOtherName(node: Asn1Node): GeneralName {
  const cursor = open(node, what);
  const type = nextOid(cursor, what);
  const wrapper = open(next(cursor, 0xa0, what), what);
  finish(cursor, what);
  const value = nextAny(wrapper, what);
  finish(wrapper, what);
  return type === upnOid && value.tag === tag.utf8String
    ? { kind: 'upn', value: readText(value, 'the user principal name') }
    : { kind: 'otherName', type, value: rawBytes(value) };
}

function ia5(node: Asn1Node): string {
  const bytes = contentBytes(node);
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) throw malformed('asn1-text', 'A general name has characters that are not ASCII.', node.start);
    text += String.fromCharCode(byte);
  }
  return text;
}
