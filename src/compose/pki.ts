import type { PublishedCrl } from '../authority/crl-store.ts';
import type { IssuerId } from '../authority/issuer.ts';
import type { PkiUseCases } from '../http/pki/routes.ts';
import type { Foundation } from './foundation.ts';

export function composePki({ store, clock }: Foundation): PkiUseCases {
  const issuerBySlug = async (slug: string) =>
    (await store.authorities.issuers()).find((issuer) => issuer.slug === slug);
  /** Lists may have megabytes, and are asked for all the time. */
  const kept = new Map<string, PublishedCrl>();
  async function latestCrl(issuerId: IssuerId, shard: number): Promise<PublishedCrl | null> {
    const key = `${issuerId}/${shard}`;
    const known = kept.get(key);
    if (known !== undefined && known.number === (await store.crls.latestNumber(issuerId, shard))) return known;
    const latest = await store.crls.latest(issuerId, shard);
    if (latest !== null) kept.set(key, latest);
    return latest;
  }
  return {
    crl: async (slug, shard) => {
      const issuer = await issuerBySlug(slug);
      return issuer === undefined ? null : latestCrl(issuer.id, shard);
    },
    issuerCertificate: async (slug) => (await issuerBySlug(slug))?.certificate ?? null,
    now: () => clock.now(),
  };
}
