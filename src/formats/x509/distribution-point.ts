import { malformed } from '../asn1/malformed.ts';
import { type Asn1Node, atEnd, finish, next, nextAny, open } from '../asn1/read.ts';
import { readBoolean } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, encode, implicit, implicitPrimitive, sequence, sequenceOf } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';
import { encodeGeneralName, readGeneralNames } from './general-name.ts';

/** URIs from the value of a cRLDistributionPoints extension (RFC 5280 §4.2.1.13), of all points in their order. */
export function crlDistributionPoints(value: Uint8Array): string[] {
  const what = 'the CRL distribution points';
  const cursor = open(openExtension(value), what);
  const uris: string[] = [];
  while (!atEnd(cursor)) {
    const point = open(next(cursor, tag.sequence, what), what);
    while (!atEnd(point)) {
      const field = nextAny(point, what);
      if (field.tag === 0xa0) uris.push(...pointUris(field, what));
    }
  }
  return uris;
}

/** One distribution point for all addresses: they lead to the same CRL. */
export function crlDistributionPointsExtension(uris: readonly string[]): Extension {
  return {
    oid: extensionOid.crlDistributionPoints,
    critical: false,
    value: encode(sequence(sequence(pointName(uris)))),
  };
}

/** Which certificates a CRL speaks for (RFC 5280 §5.2.5). */
export type IssuingDistributionPoint = {
  readonly uris: readonly string[];
  readonly onlyUserCertificates: boolean;
  readonly onlyCaCertificates: boolean;
  readonly indirect: boolean;
};

export function issuingDistributionPoint(value: Uint8Array): IssuingDistributionPoint {
  const what = 'the issuing distribution point';
  const cursor = open(openExtension(value), what);
  const result = { uris: [] as string[], onlyUserCertificates: false, onlyCaCertificates: false, indirect: false };
  while (!atEnd(cursor)) {
    const field = nextAny(cursor, what);
    if (field.tag === 0xa0) result.uris = pointUris(field, what);
    else if (field.tag === 0x81) result.onlyUserCertificates = readBoolean(field, what);
    else if (field.tag === 0x82) result.onlyCaCertificates = readBoolean(field, what);
    else if (field.tag === 0x84) result.indirect = readBoolean(field, what);
    else if (field.tag !== 0x83 && field.tag !== 0x85)
      throw malformed('asn1-unexpected', `${what} has an unknown field.`, field.start);
  }
  return result;
}

/** Critical (RFC 5280 §5.2.5). */
export function issuingDistributionPointExtension(point: Partial<IssuingDistributionPoint>): Extension {
  const flag = (number: number, value: boolean | undefined) =>
    value ? implicitPrimitive(number, Uint8Array.of(0xff)) : undefined;
  const value = sequence(
    point.uris === undefined || point.uris.length === 0 ? undefined : pointName(point.uris),
    flag(1, point.onlyUserCertificates),
    flag(2, point.onlyCaCertificates),
    flag(4, point.indirect),
  );
  return { oid: extensionOid.issuingDistributionPoint, critical: true, value: encode(value) };
}

/** `[0] DistributionPointName` → `[0] fullName`. */
function pointName(uris: readonly string[]): Der {
  return implicit(0, [implicit(0, sequenceOf(uris.map((value) => encodeGeneralName({ kind: 'uri', value }))).parts)]);
}

function pointUris(node: Asn1Node, what: string): string[] {
  const cursor = open(node, what);
  const name = nextAny(cursor, what);
  finish(cursor, what);
  return name.tag === 0xa0 ? readGeneralNames(name).flatMap((entry) => (entry.kind === 'uri' ? entry.value : [])) : [];
}
