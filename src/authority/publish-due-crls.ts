import type { Cause } from '../events/event.ts';
import { crlIntervalOf } from './crl-lifetime.ts';
import type { PublishedCrl } from './crl-store.ts';
import type { Issuer } from './issuer.ts';
import type { KeyStore } from './key-store.ts';
import { type PublishCrlDeps, publishCrl } from './publish-crl.ts';

/** Timed work: every CRL that is a day old (a root's: half way through) is signed anew. Gives back those published. */
export async function publishDueCrls(
  deps: PublishCrlDeps & { readonly keys: KeyStore },
  { cause }: { readonly cause: Cause },
): Promise<readonly PublishedCrl[]> {
  const published: PublishedCrl[] = [];
  for (const issuer of await deps.authorities.issuers()) {
    if (!(await hasKey(deps.keys, issuer))) continue;
    for (let shard = 0; shard < issuer.shards; shard++) {
      const latest = await deps.crls.latest(issuer.id, shard);
      if (crlIsDue(latest, deps.clock.now()))
        published.push(await publishCrl(deps, { issuerId: issuer.id, shard, cause }));
    }
  }
  return published;
}

/** True for one that is missing, old, or from the future (a clock was set back). */
export function crlIsDue(latest: PublishedCrl | null, now: number): boolean {
  if (latest === null) return true;
  const age = now - latest.thisUpdate;
  return age < 0 || age >= crlIntervalOf(latest.nextUpdate - latest.thisUpdate);
}

/** A root whose key was exported and removed left a CRL for the rest of its life. */
async function hasKey(keys: KeyStore, issuer: Issuer): Promise<boolean> {
  const key = await keys.get(issuer.keyId);
  return key !== null && key.sealed !== null;
}
