import { isOid } from '../../formats/asn1/oid.ts';
import { tag } from '../../formats/asn1/tag.ts';
import { isIa5, isPrintable } from '../../formats/asn1/text.ts';
import type { NameAttribute } from '../../formats/x509/name.ts';
import type { X500ErrorCode } from './x500-error.ts';

/**
 * Which ASN.1 string a value becomes (intune-domain 2.4): `directory` is PrintableString where the value fits and
 * UTF8String otherwise, `ia5-or-utf8` likewise; the others hold what they can and refuse the rest.
 */
export type StringKind = 'directory' | 'printable' | 'numeric' | 'ia5' | 'ia5-or-utf8';

type Key = { readonly oid: string; readonly keywords: readonly [string, ...string[]]; readonly kind: StringKind };

/** The first keyword is the one that CertNameToStr writes. */
const keys: readonly Key[] = [
  { oid: '2.5.4.3', keywords: ['CN'], kind: 'directory' },
  { oid: '2.5.4.7', keywords: ['L'], kind: 'directory' },
  { oid: '2.5.4.10', keywords: ['O'], kind: 'directory' },
  { oid: '2.5.4.11', keywords: ['OU'], kind: 'directory' },
  { oid: '1.2.840.113549.1.9.1', keywords: ['E', 'Email'], kind: 'ia5' },
  { oid: '2.5.4.6', keywords: ['C'], kind: 'printable' },
  { oid: '2.5.4.8', keywords: ['S', 'ST'], kind: 'directory' },
  { oid: '2.5.4.9', keywords: ['STREET'], kind: 'directory' },
  { oid: '2.5.4.12', keywords: ['T', 'Title'], kind: 'directory' },
  { oid: '2.5.4.42', keywords: ['G', 'GivenName'], kind: 'directory' },
  { oid: '2.5.4.43', keywords: ['I', 'Initials'], kind: 'directory' },
  { oid: '2.5.4.4', keywords: ['SN'], kind: 'directory' },
  { oid: '0.9.2342.19200300.100.1.25', keywords: ['DC'], kind: 'ia5-or-utf8' },
  { oid: '2.5.4.5', keywords: ['SERIALNUMBER'], kind: 'printable' },
];

/** X.520 gives these one string type, but they have no keyword: written by object identifier. */
const kindsWithoutKeyword: readonly (readonly [string, StringKind])[] = [
  ['2.5.4.20', 'printable'], // telephoneNumber
  ['2.5.4.24', 'numeric'], // x121Address
  ['2.5.4.25', 'numeric'], // internationalISDNNumber
  ['2.5.4.46', 'printable'], // dnQualifier
  ['0.9.2342.19200300.100.1.3', 'ia5-or-utf8'], // mail
];

const byKeyword = new Map(keys.flatMap((key) => key.keywords.map((word) => [word.toLowerCase(), key.oid] as const)));
const keywordByOid = new Map(keys.map((key) => [key.oid, key.keywords[0]]));
const kindByOid = new Map([...keys.map((key) => [key.oid, key.kind] as const), ...kindsWithoutKeyword]);

/** The identifier that a key stands for: a keyword in any case, `1.2.3` or `OID.1.2.3`. Undefined when it is none. */
export function oidOfKey(key: string): string | undefined {
  const known = byKeyword.get(key.toLowerCase());
  if (known !== undefined) return known;
  const dotted = /^oid\./i.test(key) ? key.slice(4) : key;
  return isOid(dotted) ? dotted : undefined;
}

/** As CertNameToStr writes it: `CN`, or `OID.1.2.3` where there is no keyword. */
export function keyOfOid(oid: string): string {
  return keywordByOid.get(oid) ?? `OID.${oid}`;
}

export function stringKindOf(oid: string): StringKind {
  return kindByOid.get(oid) ?? 'directory';
}

const errors = {
  printable: 'invalid-printable-string',
  numeric: 'invalid-numeric-string',
  ia5: 'invalid-ia5-string',
} as const;

/** The first character that the attribute's only string type cannot hold; undefined when all fit. */
export function misfit(
  oid: string,
  value: string,
): { readonly code: X500ErrorCode; readonly index: number } | undefined {
  const kind = stringKindOf(oid);
  if (kind === 'directory' || kind === 'ia5-or-utf8') return undefined;
  const fits = kind === 'printable' ? isPrintable : kind === 'ia5' ? isIa5 : isNumeric;
  if (fits(value)) return undefined;
  let index = 0;
  while (fits(value.charAt(index))) index++;
  return { code: errors[kind], index };
}

/**
 * The attribute in the encoding that CertStrToName chooses. The value fits, `misfit` said so; what does not becomes
 * UTF8String.
 */
export function x500Attribute(
  oid: string,
  value: string,
  options: { readonly forceUtf8?: boolean } = {},
): NameAttribute {
  return { type: oid, tag: stringTag(stringKindOf(oid), value, options.forceUtf8 === true), value };
}

function stringTag(kind: StringKind, value: string, forceUtf8: boolean): number {
  if (kind === 'directory') return isPrintable(value) && !forceUtf8 ? tag.printableString : tag.utf8String;
  if (kind === 'numeric') return isNumeric(value) ? tag.numericString : tag.utf8String;
  if (kind === 'printable') return isPrintable(value) ? tag.printableString : tag.utf8String;
  return isIa5(value) ? tag.ia5String : tag.utf8String;
}

function isNumeric(value: string): boolean {
  return /^[0-9 ]*$/.test(value);
}
