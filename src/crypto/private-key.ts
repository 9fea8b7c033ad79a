import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Failure } from '../lib/failure.ts';

/** A private key ready for use; opaque outside of this folder. */
export type PrivateKey = KeyObject;

/** From PKCS#8 DER. Throws `Failure` `private-key-malformed`. Costs as much as a public key operation: keep what it returns. */
export function importPrivateKey(pkcs8: Uint8Array): PrivateKey {
  try {
    return createPrivateKey({ key: asBuffer(pkcs8), format: 'der', type: 'pkcs8' });
  } catch (cause) {
    throw new Failure('cryptography', 'private-key-malformed', 'The private key is not a PKCS#8 key.', {}, { cause });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
