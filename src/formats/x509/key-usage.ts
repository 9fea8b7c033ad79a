import { malformed } from '../asn1/malformed.ts';
import { readNamedBits } from '../asn1/read-value.ts';
import { tag } from '../asn1/tag.ts';
import { encode, namedBits } from '../asn1/write.ts';
import { type Extension, extensionOid, openExtension } from './extension.ts';

/** In the order of their bits (RFC 5280 §4.2.1.3). */
export const keyUsages = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const;

export type KeyUsage = (typeof keyUsages)[number];

/** Usages from the value of a keyUsage extension, in the order of their bits. Bits beyond the nine are ignored. */
export function keyUsage(value: Uint8Array): KeyUsage[] {
  const node = openExtension(value);
  if (node.tag !== tag.bitString) throw malformed('asn1-unexpected', 'The key usage is not a BIT STRING.', 0);
  return readNamedBits(node, 'the key usage').flatMap((bit) => keyUsages[bit] ?? []);
}

/** Critical (RFC 5280 §4.2.1.3). */
export function keyUsageExtension(usages: Iterable<KeyUsage>): Extension {
  const bits = Array.from(usages, (usage) => keyUsages.indexOf(usage));
  return { oid: extensionOid.keyUsage, critical: true, value: encode(namedBits(bits)) };
}
