import { constants, sign } from 'node:crypto';
import type { Digest } from './digest.ts';
import { plainBytes } from './plain-bytes.ts';
import type { PrivateKey } from './private-key.ts';

/** RSA PKCS#1 v1.5, or ECDSA in DER form, by the type of the key. On this thread. */
export function signWithDigest(key: PrivateKey, digest: Digest, data: Uint8Array): Uint8Array {
  return plainBytes(
    key.asymmetricKeyType === 'rsa'
      ? sign(digest, data, { key, padding: constants.RSA_PKCS1_PADDING })
      : sign(digest, data, { key, dsaEncoding: 'der' }),
  );
}
