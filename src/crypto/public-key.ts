import { createPublicKey, type KeyObject } from 'node:crypto';

/** A public key ready for use; opaque outside of this folder. */
export type PublicKey = KeyObject;

/** Bytes of a SubjectPublicKeyInfo: RSA-8192 takes 1062. Larger keys only serve to keep us busy. */
const longest = 1100;

/** From SubjectPublicKeyInfo DER; undefined for what is no key or a larger one than anybody needs. */
export function importPublicKey(spki: Uint8Array): PublicKey | undefined {
  if (spki.length > longest) return undefined;
  try {
    return createPublicKey({ key: spkiBuffer(spki), format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

function spkiBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
