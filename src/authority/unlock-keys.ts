import type { CryptoPool } from '../crypto/crypto-pool.ts';
import type { KeyId } from './issuer.ts';
import type { KeyStore, StoredKey } from './key-store.ts';
import { openStoredKey } from './stored-key.ts';

const elsewhere: ReadonlySet<StoredKey['purpose']> = new Set(['root', 'tls', 'audit']);

/**
 * Opens the sealed keys and gives them to the pool: issuers, RAs, OCSP. Roots stay sealed (`openSigner`), and so do TLS
 * keys, which the listener takes from `serverTlsCertificate`, and that of the audit log. Throws `Failure` `key-seal-broken`.
 */
export async function unlockKeys(deps: {
  readonly keys: KeyStore;
  readonly pool: CryptoPool;
  readonly secret: Uint8Array;
}): Promise<void> {
  for (const key of await deps.keys.all()) {
    if (key.sealed === null || elsewhere.has(key.purpose)) continue;
    deps.pool.addKey(key.id, openStoredKey(deps.secret, key));
  }
}

/** Those that the pool lacks, because another node made them. One that was removed is left out. */
export async function unlockMissing(
  deps: { readonly keys: Pick<KeyStore, 'get'>; readonly pool: CryptoPool; readonly secret: Uint8Array },
  keyIds: readonly KeyId[],
): Promise<void> {
  for (const id of keyIds) {
    if (deps.pool.hasKey(id)) continue;
    const key = await deps.keys.get(id);
    if (key !== null && key.sealed !== null) deps.pool.addKey(id, openStoredKey(deps.secret, key));
  }
}

/** Takes from the pool those of these keys that the store has no more: another node was done with them. */
export async function dropForgotten(
  { keys, pool }: { readonly keys: Pick<KeyStore, 'get'>; readonly pool: Pick<CryptoPool, 'hasKey' | 'removeKey'> },
  keyIds: readonly KeyId[],
): Promise<void> {
  for (const id of keyIds) if (pool.hasKey(id) && (await keys.get(id))?.sealed == null) pool.removeKey(id);
}
