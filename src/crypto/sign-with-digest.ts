import { sign } from 'node:crypto';
import type { Digest } from './digest.ts';
import { plainBytes } from './plain-bytes.ts';
import type { PrivateKey } from './private-key.ts';

/** RSA PKCS#1 v1.5, or ECDSA in DER form: what OpenSSL does by default for these types of key. On this thread. */
export function signWithDigest(key: PrivateKey, digest: Digest, data: Uint8Array): Uint8Array {
  return plainBytes(sign(digest, data, key));
}
