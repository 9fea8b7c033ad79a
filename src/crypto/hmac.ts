import { createHmac } from 'node:crypto';
import { plainBytes } from './plain-bytes.ts';

/** HMAC (RFC 2104) with SHA-256. */
export function hmacSha256(key: Uint8Array, data: Uint8Array): Uint8Array {
  return plainBytes(createHmac('sha256', key).update(data).digest());
}
