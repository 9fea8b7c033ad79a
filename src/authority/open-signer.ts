import type { CryptoPool } from '../crypto/crypto-pool.ts';
import { inlineSigner, poolSigner, type Signer } from '../crypto/signer.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { Failure } from '../lib/failure.ts';
import type { Issuer } from './issuer.ts';
import type { KeyStore } from './key-store.ts';
import { openStoredKey } from './stored-key.ts';

/** Signs with the issuer's key. Throws `Failure` `key-removed` or `key-missing` where there is none. */
export type SignerFor = (issuer: Issuer) => Promise<Signer>;

export type SignerDeps = {
  readonly keys: KeyStore;
  readonly pool: CryptoPool;
  /** The installation's, that seals keys. */
  readonly secret: Uint8Array;
};

/**
 * Issuers sign on the pool, which has their keys since the start, or since another node made them. A root's key is opened for the one signature and
 * forgotten again: it is needed once a year and worth more than all others.
 */
export function openSigner({ keys, pool, secret }: SignerDeps): SignerFor {
  return async (issuer) => {
    const stored = await keys.get(issuer.keyId);
    if (stored === null)
      throw new Failure('misconfigured', 'key-missing', `The private key of ${issuer.slug} is not in the store.`, {
        keyId: issuer.keyId,
      });
    if (stored.purpose === 'root') return inlineSigner(openStoredKey(secret, stored));
    if (!pool.hasKey(stored.id)) pool.addKey(stored.id, openStoredKey(secret, stored));
    return poolSigner(pool, issuer.keyId, parseCertificate(issuer.certificate).spki);
  };
}
