import type { PkiUseCases } from '../http/pki/routes.ts';
import type { Foundation } from './foundation.ts';

export function composePki({ store, clock }: Foundation): PkiUseCases {
  const issuerBySlug = async (slug: string) =>
    (await store.authorities.issuers()).find((issuer) => issuer.slug === slug);
  return {
    crl: async (slug, shard) => {
      const issuer = await issuerBySlug(slug);
      return issuer === undefined ? null : store.crls.latest(issuer.id, shard);
    },
    issuerCertificate: async (slug) => (await issuerBySlug(slug))?.certificate ?? null,
    now: () => clock.now(),
  };
}
