import { parseCertificate } from '../formats/x509/certificate.ts';
import type { AuthorityStore } from './authority-store.ts';
import type { Authority, CertificateTemplate } from './issuer.ts';

export type IssuerDescription = {
  readonly template: CertificateTemplate;
  readonly issuerNotAfter: number;
  /** DER of the issuer's certificate and its ancestors up to the root. */
  readonly chain: readonly Uint8Array[];
};

/** What saving a profile must know (`profiles/issuer-facts.ts`). Null when there is no such authority or template. */
export async function describeIssuer(
  { authorities }: { readonly authorities: AuthorityStore },
  authoritySlug: string | null,
  templateName: string,
): Promise<IssuerDescription | null> {
  const authority = await findAuthority(authorities, authoritySlug);
  const template = authority?.templates.find(({ name }) => name === templateName);
  const issuer = authority === null ? null : await authorities.getIssuer(authority.activeIssuerId);
  if (template === undefined || issuer === null) return null;
  return {
    template,
    issuerNotAfter: parseCertificate(issuer.certificate).notAfter,
    chain: [issuer.certificate, ...issuer.chain],
  };
}

/** DER of the default authority's root; null while there is no authority. */
export async function ownRoot({ authorities }: { readonly authorities: AuthorityStore }): Promise<Uint8Array | null> {
  const authority = await findAuthority(authorities, null);
  const issuer = authority === null ? null : await authorities.getIssuer(authority.activeIssuerId);
  return issuer === null ? null : (issuer.chain.at(-1) ?? issuer.certificate);
}

/** By slug; null means the default one, which is the oldest. */
export async function findAuthority(authorities: AuthorityStore, slug: string | null): Promise<Authority | null> {
  const all = await authorities.all();
  if (slug !== null) return all.find((authority) => authority.slug === slug) ?? null;
  return all.reduce<Authority | null>((a, b) => (a === null || b.createdAt < a.createdAt ? b : a), null);
}
