import { type CreateAuthority, type CreatedAuthority, createAuthority } from '../../src/authority/create-authority.ts';
import { type IssuingContext, issuingContext } from '../../src/authority/issuing-context.ts';
import type { NewAuthorityPorts } from '../../src/authority/new-authority.ts';
import { openSigner, type SignerFor } from '../../src/authority/open-signer.ts';
import { unlockKeys } from '../../src/authority/unlock-keys.ts';
import { type CryptoPool, createCryptoPool } from '../../src/crypto/crypto-pool.ts';
import { systemCause } from '../../src/events/event.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createLeases, type LeaseStore, type Leases } from '../../src/lib/lease.ts';
import { testKeyPair } from './test-key-pair.ts';

export type TestAuthority = CreatedAuthority & {
  readonly context: IssuingContext;
  readonly signerFor: SignerFor;
  /** On this thread; the issuer's and RA's keys are in it. */
  readonly pool: CryptoPool;
  /** What seals its keys. */
  readonly secret: Uint8Array;
  readonly withLease: Leases['withLease'];
};

/** A new authority in `stores`, with keys from the run's pool. */
export async function testAuthority(
  stores: NewAuthorityPorts & { readonly leases: LeaseStore },
  clock: Clock,
  options: Partial<CreateAuthority> = {},
): Promise<TestAuthority> {
  const secret = new Uint8Array(32).fill(42);
  const made = await createAuthority(
    { ...stores, clock, secret, makeKey: testKeyPair },
    {
      name: 'Example',
      slug: 'example',
      pkiUrl: 'http://pki.example.test',
      rootKey: 'p-256',
      cause: systemCause,
      ...options,
    },
  );
  const pool = createCryptoPool({ threads: 0 });
  await unlockKeys({ keys: stores.keys, pool, secret });
  const signerFor = openSigner({ keys: stores.keys, pool, secret });
  const context = issuingContext(made.authority, made.issuer, await signerFor(made.issuer));
  const { withLease } = createLeases({ ...stores, clock, node: 'test-node' });
  return { ...made, context, signerFor, pool, secret, withLease };
}
