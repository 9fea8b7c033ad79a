import { hash, timingSafeEqual } from 'node:crypto';

/** Compares two secrets in a time that depends on neither, whatever their lengths. */
export function sameSecret(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
