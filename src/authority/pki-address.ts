import type { Authority, Issuer } from './issuer.ts';

/** The CRL that certificates of this shard name. */
export function crlAddress(authority: Pick<Authority, 'pkiUrl'>, issuer: Pick<Issuer, 'slug'>, shard: number): string {
  return `${authority.pkiUrl}/pki/${issuer.slug}/${shard}.crl`;
}

/** The issuer's own certificate, DER. */
export function issuerAddress(authority: Pick<Authority, 'pkiUrl'>, issuer: Pick<Issuer, 'slug'>): string {
  return `${authority.pkiUrl}/pki/${issuer.slug}.cer`;
}

/** The OCSP responder, one for all issuers. */
export function ocspAddress(authority: Pick<Authority, 'pkiUrl'>): string {
  return `${authority.pkiUrl}/ocsp`;
}
