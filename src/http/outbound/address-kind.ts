import { ipText, parseIp } from '../../formats/x509/ip-address.ts';

export type AddressKind =
  /** Anybody on the Internet could reach it. */
  | 'public'
  /** A network of one's own, this machine included: RFC 1918, 6598, 4193, loopback. */
  | 'private'
  /** Never the address of a SCEP server: link-local with the metadata services of clouds, multicast, reserved. */
  | 'never';

type Range = readonly [network: string, prefix: number, kind: AddressKind];

/** IANA's special-purpose registries, and the addresses at which clouds tell machines their secrets. */
const v4: readonly Range[] = [
  ['0.0.0.0', 8, 'never'],
  ['10.0.0.0', 8, 'private'],
  // Alibaba's metadata, within CGNAT.
  ['100.100.100.200', 32, 'never'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'private'],
  // Azure's.
  ['168.63.129.16', 32, 'never'],
  ['169.254.0.0', 16, 'never'],
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'never'],
  ['192.0.2.0', 24, 'never'],
  ['192.88.99.0', 24, 'never'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'private'],
  ['198.51.100.0', 24, 'never'],
  ['203.0.113.0', 24, 'never'],
  ['224.0.0.0', 3, 'never'],
];

/** Where nothing fits it is no global unicast address, and refused. */
const v6: readonly Range[] = [
  ['::1', 128, 'private'],
  // Amazon's metadata, within the unique local ones.
  ['fd00:ec2::', 32, 'never'],
  ['fc00::', 7, 'private'],
  // Protocol assignments, Teredo among them; documentation.
  ['2001::', 23, 'never'],
  ['2001:db8::', 32, 'never'],
  ['3fff::', 20, 'never'],
  ['2000::', 3, 'public'],
];

/** `::ffff:0:0/96` (mapped), `64:ff9b::/96` (NAT64) and `2002::/16` (6to4) carry an IPv4 address: that one counts. */
const carriers: readonly (readonly [network: string, prefix: number, offset: number])[] = [
  ['::ffff:0:0', 96, 12],
  ['64:ff9b::', 96, 12],
  ['2002::', 16, 2],
];

/** Of an address in text, with or without zone; what is no address is `never`. */
export function addressKind(text: string): AddressKind {
  const bytes = text.includes('%') ? undefined : parseIp(text);
  return bytes === undefined ? 'never' : kindOf(bytes);
}

function kindOf(bytes: Uint8Array): AddressKind {
  if (bytes.length === 4) return kindIn(v4, bytes) ?? 'public';
  const carrier = carriers.find(([network, prefix]) => within(bytes, network, prefix));
  if (carrier !== undefined) return addressKind(ipText(bytes.subarray(carrier[2], carrier[2] + 4)) ?? '');
  return kindIn(v6, bytes) ?? 'never';
}

function kindIn(ranges: readonly Range[], bytes: Uint8Array): AddressKind | undefined {
  return ranges.find(([network, prefix]) => within(bytes, network, prefix))?.[2];
}

function within(bytes: Uint8Array, network: string, prefix: number): boolean {
  const base = parseIp(network);
  if (base === undefined || base.length !== bytes.length) return false;
  for (let bit = 0; bit < prefix; bit += 8) {
    const mask = prefix - bit >= 8 ? 0xff : (0xff << (8 - (prefix - bit))) & 0xff;
    if ((((bytes[bit / 8] ?? 0) ^ (base[bit / 8] ?? 0)) & mask) !== 0) return false;
  }
  return true;
}
