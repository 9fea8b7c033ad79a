import type { Issuer } from './issuer.ts';
import type { KeyStore } from './key-store.ts';

/**
 * Whether this issuer can sign. A root whose key was exported and removed, and an issuer that was followed by another one,
 * left a CRL for the rest of their lives.
 */
export async function hasKey(keys: Pick<KeyStore, 'get'>, issuer: Pick<Issuer, 'keyId'>): Promise<boolean> {
  const key = await keys.get(issuer.keyId);
  return key !== null && key.sealed !== null;
}
