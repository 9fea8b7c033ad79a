import type { KeyId } from '../authority/issuer.ts';
import { openStoredKey } from '../authority/stored-key.ts';
import { auditKey } from '../crypto/audit-key.ts';
import { sealKey } from '../crypto/sealed-key.ts';
import { makeBlock } from '../events/seal/seal-block.ts';
import type { SealingKey } from '../events/seal/sealing-key.ts';
import { isFailure } from '../lib/failure.ts';
import { randomBytes } from '../lib/random.ts';
import type { EventStamp } from '../store/event-table.ts';
import type { Store } from '../store/store.ts';

const id = 'audit' as KeyId;
const purpose = 'audit';

/**
 * The key that marks and seals the events. Where there is none it is made, together with the first block: a chain without
 * its beginning is one that somebody removed. `onBegun` is told how many events there were before, which nothing covers: with
 * the first start of a release that has marks, or after somebody removed key, chain and marks. Failure `key-seal-broken`.
 */
export async function openAuditKey(
  store: Pick<Store, 'transact' | 'keys' | 'sealChain' | 'storedEvents'>,
  secret: Uint8Array,
  { clock, node }: EventStamp,
  onBegun: (unmarked: number) => void = () => {},
): Promise<SealingKey> {
  const present = await existingAuditKey(store, secret);
  if (present !== null) return present;
  const bytes = randomBytes(32);
  const key = auditKey(bytes);
  try {
    const unmarked = await store.transact(async () => {
      const now = clock.now();
      const sealed = sealKey(secret, { keyId: id, purpose }, bytes);
      await store.keys.insert({ id, purpose, publicKey: new Uint8Array(0), sealed, createdAt: now });
      const count = await store.storedEvents.count();
      await store.sealChain.append(
        makeBlock(key, { kind: 'start', previous: null, sealedAt: now, node, events: [], detail: { unmarked: count } }),
      );
      return count;
    });
    onBegun(unmarked);
    return key;
  } catch (error) {
    // Another node was faster.
    const theirs = isFailure(error, 'already-exists') ? await existingAuditKey(store, secret) : null;
    if (theirs === null) throw error;
    return theirs;
  }
}

/** Null when there is none yet. */
export async function existingAuditKey({ keys }: Pick<Store, 'keys'>, secret: Uint8Array): Promise<SealingKey | null> {
  const stored = await keys.get(id);
  return stored === null ? null : auditKey(openStoredKey(secret, stored));
}
