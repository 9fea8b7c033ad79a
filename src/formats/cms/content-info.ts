import { clientMessages } from '../asn1/leniency.ts';
import { malformed } from '../asn1/malformed.ts';
import {
  type Asn1Cursor,
  type Asn1Node,
  type Asn1Options,
  atEnd,
  finish,
  next,
  nextAny,
  open,
  openBytes,
} from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, encode, explicit, oid, sequence } from '../asn1/write.ts';

/** Opens ContentInfo (RFC 5652 §3) of the wanted type: the SEQUENCE inside. Tolerates BER by default (`clientMessages`). */
export function openContentInfo(der: Uint8Array, wanted: string, what: string, options: Asn1Options): Asn1Cursor {
  const bytes = openBytes(der, { leniency: clientMessages, ...options });
  const cursor = open(next(bytes, tag.sequence, what), what);
  finish(bytes, what);
  const type = nextOid(cursor, what);
  if (type !== wanted) throw malformed('cms-content-type', `${what}: content type ${type} instead of ${wanted}.`, 0);
  const content = open(next(cursor, 0xa0, what), what);
  finish(cursor, what);
  const inner: Asn1Node = next(content, tag.sequence, what);
  finish(content, what);
  return open(inner, what);
}

export function encodeContentInfo(type: string, content: Der): Uint8Array {
  return encode(sequence(oid(type), explicit(0, content)));
}

/** Skips everything up to the end; used where a field is allowed and has no meaning for us. */
export function skipRest(cursor: Asn1Cursor, what: string): void {
  while (!atEnd(cursor)) nextAny(cursor, what);
}
