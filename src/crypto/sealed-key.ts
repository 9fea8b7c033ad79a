import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { concatBytes, utf8 } from '../lib/bytes.ts';
import { Failure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';

/** What a sealed key belongs to; the seal only opens for the same. */
export type SealedFor = { readonly keyId: string; readonly purpose: string };

const version = 1;
const ivLength = 12;
const tagLength = 16;

/**
 * Seals a private key (PKCS#8) for storage: version octet, iv, AES-256-GCM ciphertext, tag; key id and purpose are
 * associated data, so that a sealed key that is put in another's place does not open. `secret` is the installation's.
 */
export function sealKey(secret: Uint8Array, owner: SealedFor, pkcs8: Uint8Array): Uint8Array {
  const iv = randomBytes(ivLength);
  const cipher = createCipheriv('aes-256-gcm', sealingKey(secret), iv, { authTagLength: tagLength });
  cipher.setAAD(associatedData(owner));
  const sealed = [cipher.update(pkcs8), cipher.final()];
  return concatBytes([Uint8Array.of(version), iv, ...sealed, cipher.getAuthTag()]);
}

/** Throws `Failure` `key-seal-broken` when the secret is another one or the bytes were changed or swapped. */
export function openSealedKey(secret: Uint8Array, owner: SealedFor, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - tagLength;
  if (sealed[0] !== version || end < 1 + ivLength) throw broken(owner);
  try {
    const iv = sealed.subarray(1, 1 + ivLength);
    const decipher = createDecipheriv('aes-256-gcm', sealingKey(secret), iv, { authTagLength: tagLength });
    decipher.setAAD(associatedData(owner));
    decipher.setAuthTag(sealed.subarray(end));
    return concatBytes([decipher.update(sealed.subarray(1 + ivLength, end)), decipher.final()]);
  } catch {
    throw broken(owner);
  }
}

function sealingKey(secret: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), 'scepward sealed key 1', 32));
}

function associatedData({ keyId, purpose }: SealedFor): Uint8Array {
  return utf8(`${purpose}\n${keyId}`);
}

function broken(owner: SealedFor): Failure {
  return new Failure(
    'misconfigured',
    'key-seal-broken',
    `The stored ${owner.purpose} key ${owner.keyId} does not open: the secret is another one than it was sealed with, or the stored key was changed. Use the secret file that belongs to this data.`,
    { keyId: owner.keyId, purpose: owner.purpose },
  );
}
