import { atEnd, open } from '../asn1/read.ts';
import { nextOid } from '../asn1/read-value.ts';
import { encode, oid, sequenceOf } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';

/** Well-known purposes (RFC 5280 §4.2.1.12) and Microsoft's. */
export const keyPurpose = {
  any: '2.5.29.37.0',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  codeSigning: '1.3.6.1.5.5.7.3.3',
  emailProtection: '1.3.6.1.5.5.7.3.4',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
  smartcardLogon: '1.3.6.1.4.1.311.20.2.2',
  ipsecIke: '1.3.6.1.5.5.7.3.17',
} as const;

/** Purposes, as object identifiers, from the value of an extendedKeyUsage extension. Throws `Failure` `malformed`. */
export function extendedKeyUsage(value: Uint8Array): string[] {
  const cursor = open(openExtension(value), 'the extended key usage');
  const purposes: string[] = [];
  while (!atEnd(cursor)) purposes.push(nextOid(cursor, 'a key purpose'));
  return purposes;
}

export function extendedKeyUsageExtension(purposes: readonly string[], critical = false): Extension {
  return { oid: extensionOid.extendedKeyUsage, critical, value: encode(sequenceOf(purposes.map(oid))) };
}
