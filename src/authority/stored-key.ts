import type { KeyPair } from '../crypto/key-pair.ts';
import { openSealedKey, sealKey } from '../crypto/sealed-key.ts';
import type { Clock } from '../lib/clock.ts';
import { Failure } from '../lib/failure.ts';
import { newId } from '../lib/ids.ts';
import type { KeyId } from './issuer.ts';
import type { StoredKey } from './key-store.ts';

/** A new key, sealed with the installation's secret. */
export function newStoredKey(
  clock: Clock,
  secret: Uint8Array,
  purpose: StoredKey['purpose'],
  pair: KeyPair,
): StoredKey {
  const id = newId<KeyId>(clock);
  const sealed = sealKey(secret, { keyId: id, purpose }, pair.privateKey);
  return { id, purpose, publicKey: pair.publicKey, sealed, createdAt: clock.now() };
}

/** PKCS#8. Throws `Failure` `key-removed` or `key-seal-broken`. */
export function openStoredKey(secret: Uint8Array, key: StoredKey): Uint8Array {
  if (key.sealed === null)
    throw new Failure(
      'unavailable',
      'key-removed',
      `The ${key.purpose} key was exported and removed from this installation. Use the exported file.`,
      { keyId: key.id },
    );
  return openSealedKey(secret, { keyId: key.id, purpose: key.purpose }, key.sealed);
}
