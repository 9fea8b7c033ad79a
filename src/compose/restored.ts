import { openStoredKey } from '../authority/stored-key.ts';
import type { Cause } from '../events/event.ts';
import { type SealReport, type VerifyProgress, verifySeals } from '../events/seal/verify-seals.ts';
import { type Resumed, resumeFromBackup } from '../lifecycle/restore/resume-from-backup.ts';
import type { Store } from '../store/store.ts';
import { existingAuditKey } from './audit-key.ts';
import type { AuthorityFeature } from './authority.ts';
import type { Foundation } from './foundation.ts';

export type Examined = {
  /** Private keys that the secret opens: all there are. */
  readonly keys: number;
  /** Null: no server has sealed an event yet. */
  readonly seals: SealReport | null;
  readonly lists: readonly { readonly issuer: string; readonly shard: number; readonly number: number | null }[];
  /** Time of the newest event, ms. */
  readonly lastEventAt: number | null;
};

/** Whether a database is whole and the secret is its own. Failure `key-seal-broken`. */
export async function examineStore(
  store: Store,
  secret: Uint8Array,
  onProgress?: (progress: VerifyProgress) => void,
): Promise<Examined> {
  const sealed = (await store.keys.all()).filter((key) => key.sealed !== null);
  for (const key of sealed) openStoredKey(secret, key);
  const key = await existingAuditKey(store, secret);
  const seals =
    key &&
    (await verifySeals(
      { chain: store.sealChain, events: store.storedEvents, key },
      { head: null, ...(onProgress && { onProgress }) },
    ));
  const lists: Examined['lists'][number][] = [];
  for (const { id, slug, shards } of await store.authorities.issuers())
    for (let shard = 0; shard < shards; shard++)
      lists.push({ issuer: slug, shard, number: await store.crls.latestNumber(id, shard) });
  return { keys: sealed.length, seals, lists, lastEventAt: await store.events.lastTime() };
}

/** `resumeFromBackup` on what was opened for it alone. */
export function resumeInstallation(
  { store, clock }: Foundation,
  { publishCrl }: AuthorityFeature,
  input: { readonly takenAt: number | null; readonly cause: Cause },
): Promise<Resumed> {
  return resumeFromBackup({ ...store, clock, authority: { ...store, publishCrl } }, input);
}
