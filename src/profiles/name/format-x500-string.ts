import { tag } from '../../formats/asn1/tag.ts';
import { encode, primitive } from '../../formats/asn1/write.ts';
import type { Name, NameAttribute } from '../../formats/x509/name.ts';
import { toHex } from '../../lib/bytes.ts';
import type { X500Options } from './parse-x500-syntax.ts';
import { keyOfOid } from './x500-key.ts';

const separators = { comma: ', ', semicolon: '; ', newline: '\r\n' } as const;

/**
 * CertNameToStr (CERT_X500_NAME_STR): `CN=a, OU="b, c"`, RDNs in the order encoded. Values that are no text are hex: the
 * contents of an OCTET STRING, the whole element of anything else. What `encodeX500String` made comes back from it the
 * same, as long as the options are the same and leave quoting on.
 */
export function formatX500String(name: Name, options: X500Options = {}): string {
  const rdns = name.map((rdn) => rdn.map((attribute) => formatPair(attribute, options)).join(' + '));
  return (options.reverse === true ? rdns.reverse() : rdns).join(separators[options.separator ?? 'comma']);
}

function formatPair({ type, tag: octet, value }: NameAttribute, options: X500Options): string {
  const key = keyOfOid(type);
  if (typeof value === 'string') return `${key}=${options.noQuoting === true ? value : quoteX500Value(value)}`;
  const bytes = octet === tag.octetString ? value : encode(primitive(octet, value));
  return `${key}=#${toHex(bytes).toUpperCase()}`;
}

/** The value, in quotes where the grammar needs them (CertNameToStr, CERT_X500_NAME_STR). */
export function quoteX500Value(value: string): string {
  return value === '' || /^\s|\s$|[,+="\r\n<>#;]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
