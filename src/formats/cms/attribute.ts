import { malformed } from '../asn1/malformed.ts';
import { type Asn1Node, finish, next, open, rawBytes } from '../asn1/read.ts';
import { nextOid, setElements } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, oid, sequence, setOf } from '../asn1/write.ts';

/** A signed or unsigned attribute (RFC 5652 §5.3). */
export type Attribute = { readonly oid: string; readonly values: readonly Asn1Node[] };

export const attributeOid = {
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
} as const;

/** The attributes in a SET, also under an implicit tag. May name the same attribute twice; `singleValue` refuses that. */
export function readAttributes(node: Asn1Node, what: string): Attribute[] {
  return setElements(node, what).map((element) => {
    if (element.tag !== tag.sequence)
      throw malformed('asn1-unexpected', `${what}: an attribute is not a SEQUENCE.`, element.start);
    const cursor = open(element, what);
    const id = nextOid(cursor, what);
    const values = setElements(next(cursor, tag.set, what), what);
    finish(cursor, what);
    return { oid: id, values };
  });
}

/** The only value of the only attribute of that type; undefined where there is none. Refuses two of either. */
export function singleValue(attributes: readonly Attribute[], id: string, name: string): Asn1Node | undefined {
  let found: Attribute | undefined;
  for (const attribute of attributes) {
    if (attribute.oid !== id) continue;
    if (found !== undefined)
      throw malformed('attribute-twice', `The attribute ${name} stands twice.`, offsetOf(attribute));
    found = attribute;
  }
  if (found === undefined) return undefined;
  const [value] = found.values;
  if (value === undefined || found.values.length !== 1)
    throw malformed('attribute-values', `The attribute ${name} must have exactly one value.`, offsetOf(found));
  return value;
}

export function encodeAttribute(id: string, value: Der): Der {
  return sequence(oid(id), setOf([value]));
}

/** The raw values, for keeping. */
export function attributeValues(attribute: Attribute): Uint8Array[] {
  return attribute.values.map(rawBytes);
}

function offsetOf(attribute: Attribute): number {
  return attribute.values[0]?.start ?? 0;
}
