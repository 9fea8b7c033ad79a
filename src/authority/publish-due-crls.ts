import type { Cause } from '../events/event.ts';
import { parseCertificate } from '../formats/x509/certificate.ts';
import { isFailure } from '../lib/failure.ts';
import { crlIntervalOf } from './crl-lifetime.ts';
import type { PublishedCrl } from './crl-store.ts';
import { hasKey } from './has-key.ts';
import type { Issuer } from './issuer.ts';
import type { KeyStore } from './key-store.ts';
import { type PublishCrlDeps, publishCrl } from './publish-crl.ts';

type Deps = PublishCrlDeps & {
  readonly keys: KeyStore;
  /** Another list may do better; this one is tried again. */
  readonly onError: (error: unknown) => void;
};

type Input = { readonly cause: Cause };

/** Timed work: every CRL that is a day old (a root's: half way through) is signed anew. Gives back those published. */
export async function publishDueCrls(deps: Deps, input: Input): Promise<readonly PublishedCrl[]> {
  return publishEach(deps, input, async (issuer, shard) =>
    crlIsDue(await deps.crls.latestState(issuer.id, shard), deps.clock.now()),
  );
}

/** Timed work, often: what was revoked, on any node, by whatever way, and is on no list yet. */
export async function publishRevocations(deps: Deps, input: Input): Promise<readonly PublishedCrl[]> {
  const due = await deps.crls.due();
  if (due.length === 0) return [];
  return publishEach(deps, input, async ({ id }, shard) =>
    due.some((each) => each.issuerId === id && each.shard === shard),
  );
}

async function publishEach(
  deps: Deps,
  { cause }: Input,
  isDue: (issuer: Issuer, shard: number) => Promise<boolean>,
): Promise<readonly PublishedCrl[]> {
  const published: PublishedCrl[] = [];
  for (const issuer of await deps.authorities.issuers()) {
    if (hasEnded(issuer, deps.clock.now()) || !(await hasKey(deps.keys, issuer))) continue;
    for (let shard = 0; shard < issuer.shards; shard++) {
      if (!(await isDue(issuer, shard))) continue;
      try {
        published.push(await publishCrl(deps, { issuerId: issuer.id, shard, cause }));
      } catch (error) {
        if (!isFailure(error, 'crl-being-published')) deps.onError(error);
      }
    }
  }
  return published;
}

/** True for one that is missing, old, or from the future (a clock was set back). */
export function crlIsDue(latest: Pick<PublishedCrl, 'thisUpdate' | 'nextUpdate'> | null, now: number): boolean {
  if (latest === null) return true;
  const age = now - latest.thisUpdate;
  return age < 0 || age >= crlIntervalOf(latest.nextUpdate - latest.thisUpdate);
}

/** Its certificates have ended with it, and nobody asks for their state. */
function hasEnded({ certificate }: Issuer, now: number): boolean {
  return parseCertificate(certificate).notAfter <= now;
}
