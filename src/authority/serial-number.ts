import { randomBytes } from '../lib/random.ts';

/** 16 octets: positive, never zero-padded, 126 bits of chance (RFC 5280 §4.1.2.2 allows 20; we promise 64 bits). */
export function newSerialNumber(): Uint8Array {
  const serial = randomBytes(16);
  serial[0] = ((serial[0] as number) & 0x3f) | 0x40;
  return serial;
}
