import { hash } from 'node:crypto';
import { Failure } from '../lib/failure.ts';
import { importPrivateKey, type PrivateKey } from './private-key.ts';
import { importPublicKey, type PublicKey } from './public-key.ts';

/** The keys of one thread, imported once. */
export type KeyRing = {
  add(keyId: string, pkcs8: Uint8Array): void;
  remove(keyId: string): void;
  has(keyId: string): boolean;
  /** Throws `Failure` `key-not-loaded`. */
  privateKey(keyId: string): PrivateKey;
  /** Imports a SubjectPublicKeyInfo, or finds it among the last ones; undefined when it is none. */
  publicKey(spki: Uint8Array): PublicKey | undefined;
};

/** Requesters come back within one enrolment only: to have the answer sealed. */
const maxPublicKeys = 256;

export function createKeyRing(): KeyRing {
  const privateKeys = new Map<string, PrivateKey>();
  const publicKeys = new Map<string, PublicKey>();
  return {
    add: (keyId, pkcs8) => void privateKeys.set(keyId, importPrivateKey(pkcs8)),
    remove: (keyId) => void privateKeys.delete(keyId),
    has: (keyId) => privateKeys.has(keyId),
    privateKey: (keyId) => {
      const key = privateKeys.get(keyId);
      if (key !== undefined) return key;
      throw new Failure('unavailable', 'key-not-loaded', `The private key ${keyId} is not loaded.`, { keyId });
    },
    publicKey: (spki) => {
      const name = hash('sha256', spki, 'base64');
      const known = publicKeys.get(name);
      if (known !== undefined) return known;
      const key = importPublicKey(spki);
      if (key === undefined) return undefined;
      if (publicKeys.size >= maxPublicKeys)
        for (const oldest of publicKeys.keys()) if (publicKeys.delete(oldest)) break;
      publicKeys.set(name, key);
      return key;
    },
  };
}
