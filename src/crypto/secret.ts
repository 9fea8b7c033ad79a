import { hash } from 'node:crypto';

/**
 * How challenges, tokens and credentials are kept: SHA-256 of their UTF-8, lower-case hex. They are random and long
 * (128 bits or more), so a slow hash would protect nothing.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'hex');
}
