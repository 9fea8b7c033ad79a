import { createHmac, createSecretKey, hash, hkdfSync } from 'node:crypto';
import { toHex } from '../lib/bytes.ts';
import { randomBytes } from '../lib/random.ts';

/** Characters of base64url that keep 128 bits. */
const short = 22;

/** The audit log's key at work; `secret` is 32 random bytes, of which marks and blocks get a key each. */
export function auditKey(secret: Uint8Array) {
  const derived = (purpose: string) =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secret, new Uint8Array(0), `scepward audit ${purpose} 1`, 32)));
  const markKey = derived('mark');
  const blockKey = derived('block');
  return {
    /** HMAC-SHA256, 128 bits. */
    mark: (text: string) => createHmac('sha256', markKey).update(text).digest('base64url').slice(0, short),
    /** HMAC-SHA256. */
    mac: (text: string) => createHmac('sha256', blockKey).update(text).digest('hex'),
    newSeed: () => toHex(randomBytes(32)),
    salt: (seed: string, eventId: string) =>
      createHmac('sha256', seed).update(eventId).digest('base64url').slice(0, short),
    /** SHA-256 over salt and text, 128 bits: a second text for it is out of reach. */
    leaf: (salt: string, text: string) => hash('sha256', `${salt}\n${text}`, 'base64url').slice(0, short),
    digest: (text: string) => hash('sha256', text, 'hex'),
  };
}
