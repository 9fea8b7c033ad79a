import { parseIp } from '../formats/x509/ip-address.ts';
import { toHex } from '../lib/bytes.ts';

/**
 * What failures are counted by: an IPv4 address, or the /64 network of an IPv6 one, all of whose addresses one customer
 * has (RFC 6177 §2). Text that is no address stands for itself.
 */
export function clientNetwork(address: string): string {
  if (!address.includes(':')) return address;
  const bytes = parseIp(address.replace(/%.*$/, ''));
  if (bytes?.length !== 16) return address;
  const prefix = toHex(bytes.subarray(0, 12));
  return prefix === mapped ? [...bytes.subarray(12)].join('.') : `${prefix.slice(0, 16)}::/64`;
}

/** RFC 4291 §2.5.5.2: IPv4 as a socket for both shows it. */
const mapped = '00000000000000000000ffff';
