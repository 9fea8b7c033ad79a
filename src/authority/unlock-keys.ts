import type { CryptoPool } from '../crypto/crypto-pool.ts';
import type { KeyStore } from './key-store.ts';
import { openStoredKey } from './stored-key.ts';

/**
 * Opens the sealed keys and gives them to the pool: issuers, RAs, OCSP. Roots stay sealed (`openSigner`), and so do TLS
 * keys, which the listener takes from `serverTlsCertificate`. Throws `Failure` `key-seal-broken`.
 */
export async function unlockKeys(deps: {
  readonly keys: KeyStore;
  readonly pool: CryptoPool;
  readonly secret: Uint8Array;
}): Promise<void> {
  for (const key of await deps.keys.all()) {
    if (key.sealed === null || key.purpose === 'root' || key.purpose === 'tls') continue;
    deps.pool.addKey(key.id, openStoredKey(deps.secret, key));
  }
}
