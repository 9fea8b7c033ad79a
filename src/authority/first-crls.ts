import { crlLifetimeOf } from './crl-lifetime.ts';
import type { PublishedCrl } from './crl-store.ts';
import type { IssuingContext } from './issuing-context.ts';
import { signCrl } from './sign-crl.ts';

/** One empty CRL for each shard of a new issuer: certificates name them from the first day. */
export function firstCrls(context: IssuingContext, now: number): Promise<readonly PublishedCrl[]> {
  const thisUpdate = Math.floor(now / 1000) * 1000;
  const nextUpdate = Math.min(thisUpdate + crlLifetimeOf(context.issuer), context.certificate.notAfter);
  return Promise.all(
    Array.from({ length: context.issuer.shards }, (_, shard) =>
      signCrl(context, { shard, number: 1, thisUpdate, nextUpdate, entries: [] }),
    ),
  );
}
