import { Failure } from '../lib/failure.ts';
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

/**
 * In the transaction that stores what this issuer signed, after it was stored: whoever removes the key has waited for us then
 * (`CertificateStatuses.hold`), or we for him. Failure `issuer-finished`.
 */
export async function expectKey(keys: Pick<KeyStore, 'get'>, issuer: Pick<Issuer, 'keyId' | 'slug'>): Promise<void> {
  if (await hasKey(keys, issuer)) return;
  throw new Failure(
    'conflict',
    'issuer-finished',
    `${issuer.slug} has signed its last: its key was removed meanwhile.`,
    {
      issuer: issuer.slug,
    },
  );
}
