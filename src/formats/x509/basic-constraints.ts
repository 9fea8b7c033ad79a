import { finish, open, optional } from '../asn1/read.ts';
import { optionalBoolean, readSmallInteger } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { defaultFalse, encode, integer, sequence } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';

export type BasicConstraints = {
  readonly ca: boolean;
  /** How many certification authorities may follow below; undefined: any number. */
  readonly pathLength: number | undefined;
};

/** From the value of a basicConstraints extension (RFC 5280 §4.2.1.9). Throws `Failure` `malformed`. */
export function basicConstraints(value: Uint8Array): BasicConstraints {
  const cursor = open(openExtension(value), 'the basic constraints');
  const ca = optionalBoolean(cursor, 'cA');
  const length = optional(cursor, tag.integer);
  finish(cursor, 'the basic constraints');
  return { ca, pathLength: length && readSmallInteger(length, 'pathLenConstraint') };
}

/** Critical, as CA certificates must have it. */
export function basicConstraintsExtension({ ca, pathLength }: BasicConstraints): Extension {
  const length = pathLength === undefined ? undefined : integer(pathLength);
  return { oid: extensionOid.basicConstraints, critical: true, value: encode(sequence(defaultFalse(ca), length)) };
}
