import { atEnd, finish, next, nextAny, open } from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { type Der, encode, oid, sequence, sequenceOf } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';
import { encodeGeneralName, readGeneralName } from './general-name.ts';

/** Addresses (RFC 5280 §4.2.2.1). */
export type AuthorityInfoAccess = { readonly ocsp: readonly string[]; readonly caIssuers: readonly string[] };

const ocspOid = '1.3.6.1.5.5.7.48.1';
const caIssuersOid = '1.3.6.1.5.5.7.48.2';

/** URIs from the value of an authorityInfoAccess extension; other methods and forms are left out. */
export function authorityInfoAccess(value: Uint8Array): AuthorityInfoAccess {
  const what = 'the authority information access';
  const cursor = open(openExtension(value), what);
  const ocsp: string[] = [];
  const caIssuers: string[] = [];
  while (!atEnd(cursor)) {
    const entry = open(next(cursor, tag.sequence, what), what);
    const method = nextOid(entry, what);
    const location = readGeneralName(nextAny(entry, what));
    finish(entry, what);
    if (location.kind !== 'uri') continue;
    if (method === ocspOid) ocsp.push(location.value);
    else if (method === caIssuersOid) caIssuers.push(location.value);
  }
  return { ocsp, caIssuers };
}

export function authorityInfoAccessExtension(access: AuthorityInfoAccess): Extension {
  const entry =
    (method: string) =>
    (uri: string): Der =>
      sequence(oid(method), encodeGeneralName({ kind: 'uri', value: uri }));
  const entries = [...access.ocsp.map(entry(ocspOid)), ...access.caIssuers.map(entry(caIssuersOid))];
  return { oid: extensionOid.authorityInfoAccess, critical: false, value: encode(sequenceOf(entries)) };
}
